import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { type Peers, acceptPeers } from '../../lib/sp/peers.js';
import type { Pipe, PipeHandler } from '../../lib/sp/pipe.js';
import type { PipeOptions } from '../../lib/sp/pipe-options.js';
import { frame, PULL, PUSH, RawPeer } from '../helpers/raw-peer.js';
import { PushRecorder, Recorder } from '../helpers/recorder.js';
import { tempFolder } from '../helpers/unique.js';

class Log extends Recorder {
  readonly frames: string[] = [];
  readonly ends: string[] = [];

  add(list: 'frames' | 'ends', entry: string): void {
    this[list].push(entry);
    this.changed();
  }
}

const opened: Peers[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((peers) => peers.close()));
});

/** A listening PULL with one raw PUSH on it; `each` is called with each frame. */
async function connected(each: (pipe: Pipe, text: string) => void = () => undefined, more: Partial<PipeOptions> = {}) {
  const log = new Log();
  const address = join(tempFolder(), 'x.ipc');
  let pipe: Pipe | undefined;
  const handler: PipeHandler = {
    opened: (one) => (pipe = one),
    frame(one, payload) {
      log.add('frames', payload.toString());
      each(one, payload.toString());
    },
    closed: (_, error) => log.add('ends', error === undefined ? 'orderly' : `${error.code} ${error.message}`),
  };
  const peers = await acceptPeers(address, 'pull', { clock: systemClock, maxFrame: 1_000, ...more }, handler);
  opened.push(peers);
  const peer = await RawPeer.dial(address, PUSH);
  return { address, log, peer, peers, pipe: () => pipe! };
}

/** A whole connection elsewhere: whatever was there for other sockets has been handed on meanwhile. */
async function settled(): Promise<void> {
  const { log, peer } = await connected();
  peer.write(frame('marker'));
  await log.until(() => log.frames.length === 1);
}

describe('a pipe', () => {
  it('stops within a chunk when it is paused, and goes on where it stopped', async () => {
    const { log, peer, pipe } = await connected((one) => one.pause());
    peer.write(frame('1'), frame('2'), frame('3'));
    for (const count of [1, 2, 3]) {
      await log.until(() => log.frames.length === count);
      await settled();
      expect(log.frames).toEqual(['1', '2', '3'].slice(0, count));
      pipe().resume();
    }
  });

  it('does not overtake the frame at hand when it is resumed from within', async () => {
    const order: string[] = [];
    const { log, peer } = await connected((one, text) => {
      one.pause();
      one.resume();
      order.push(text);
    });
    peer.write(frame('1'), frame('2'), frame('3'));
    await log.until(() => log.frames.length === 3);
    expect(order).toEqual(['1', '2', '3']);
    peer.write(frame('4'));
    await log.until(() => log.frames.length === 4);
  });

  it('tells of its end after the frames that waited behind a pause', async () => {
    const { log, peer, peers, pipe } = await connected((one, text) => {
      if (text === '1') one.pause();
    });
    peer.write(frame('1'), frame('2'), frame('3'));
    peer.socket.end();
    await log.until(() => log.frames.length === 1);
    await settled();
    expect(log.ends).toEqual([]);
    expect(peers.pipes.size).toBe(1);
    pipe().resume();
    await log.until(() => log.ends.length === 1);
    expect(log).toMatchObject({ frames: ['1', '2', '3'], ends: ['orderly'] });
    expect(peers.pipes.size).toBe(0);
  });

  it('hands on nothing after it was destroyed, not even of the same chunk', async () => {
    const { log, peer } = await connected((one, text) => {
      if (text === '2') one.destroy();
    });
    peer.write(frame('1'), frame('2'), frame('3'));
    await log.until(() => log.ends.length === 1);
    expect(log).toMatchObject({ frames: ['1', '2'], ends: ['orderly'] });
  });

  it('tells of its end when it is destroyed while it is paused', async () => {
    const { log, peer, pipe } = await connected((one) => one.pause());
    peer.write(frame('1'), frame('2'));
    await log.until(() => log.frames.length === 1);
    pipe().destroy();
    await log.until(() => log.ends.length === 1);
    expect(log).toMatchObject({ frames: ['1'], ends: ['orderly'] });
    expect(pipe().open).toBe(false);
  });

  it.each([
    ['in a payload', Buffer.concat([frame('whole'), frame('cut off').subarray(0, 12)]), 'ended inside a frame'],
    ['in a header', Buffer.concat([frame('whole'), Buffer.from([1, 0, 0])]), 'ended inside a frame'],
    ['on a wrong byte', Buffer.concat([frame('whole'), Buffer.from('garbage')]), 'ERR_FRAME_INVALID'],
    ['on a giant', Buffer.concat([frame('whole'), frame('', 2n ** 40n)]), 'ERR_FRAME_TOO_LARGE'],
    ['on one byte too many', Buffer.concat([frame('whole'), frame('x'.repeat(1_001))]), 'over the limit of 1000'],
  ])('says why it ended %s', async (_, bytes, why) => {
    const { log, peer } = await connected();
    peer.socket.end(bytes);
    await log.until(() => log.ends.length === 1);
    expect(log.frames).toEqual(['whole']);
    expect(log.ends).toEqual([expect.stringMatching(/^ERR_FRAME_/)]);
    expect(log.ends).toEqual([expect.stringContaining(why)]);
  });

  it('closes, coded, when its owner throws', async () => {
    const { log, peer } = await connected((_, text) => {
      throw new TypeError(`no ${text}`);
    });
    peer.write(frame('1'), frame('2'));
    await log.until(() => log.ends.length === 1);
    expect(log.frames).toEqual(['1']);
    expect(log.ends).toEqual([expect.stringMatching(/^ERR_CHANNEL_CLOSED .*no 1$/)]);
  });

  it('leaves the other pipes of its listener alone', async () => {
    const { address, log, peer } = await connected();
    const other = await RawPeer.dial(address, PUSH);
    peer.write(Buffer.from('garbage'));
    await log.until(() => log.ends.length === 1);
    other.write(frame('x'));
    await log.until(() => log.frames.length === 1);
  });
});

describe('a pipe whose peer has ended its side', () => {
  it('closes at once, or when it flows if it was told to', async () => {
    const ended: Record<string, boolean> = {};
    for (const closeWhenFlowing of [false, true]) {
      const { log, peer, pipe } = await connected((one) => one.pause(), { closeWhenFlowing });
      peer.write(frame('1'), frame('2'));
      peer.socket.end();
      await log.until(() => log.frames.length === 1);
      if (!closeWhenFlowing) await peer.until(() => peer.ended);
      await settled();
      pipe().resume();
      await log.until(() => log.frames.length === 2);
      await settled();
      ended[String(closeWhenFlowing)] = peer.ended;
      pipe().resume();
      await peer.until(() => peer.ended);
      expect(log.ends).toEqual(['orderly']);
    }
    // The second frame has been handed on by then, and paused it again.
    expect(ended).toEqual({ false: true, true: false });
  });

  it('closes at once where nothing is paused', async () => {
    const { log, peer } = await connected(undefined, { closeWhenFlowing: true });
    peer.write(frame('1'));
    peer.socket.end();
    await peer.until(() => peer.ended);
    await log.until(() => log.ends.length === 1);
    expect(log).toMatchObject({ frames: ['1'], ends: ['orderly'] });
  });
});

describe('a half-closed pipe', () => {
  async function dialled() {
    const address = join(tempFolder(), 'x.ipc');
    const { next } = await RawPeer.listen(address);
    const outbox = new PushRecorder();
    const dialling = nativeTransport.push(address, { clock: systemClock, timeout: 1_000 }, outbox.handler);
    const peer = await next();
    peer.write(PULL);
    const socket = await dialling;
    await peer.read(8);
    return { outbox, peer, socket };
  }

  it('waits for the close of its peer', async () => {
    const { outbox, peer, socket } = await dialled();
    socket.send('x');
    socket.end();
    expect(String(await peer.frame())).toBe('x');
    await peer.until(() => peer.ended);
    await settled();
    expect(outbox.ends).toEqual([]);
    peer.socket.end();
    expect(await outbox.closed()).toBe('orderly');
  });

  it('asks to wait above 256 KiB, and says when there is room again', async () => {
    const { outbox, peer, socket } = await dialled();
    peer.socket.pause();
    let sent = 0;
    while (socket.send(Buffer.alloc(1_000))) sent += 1;
    await settled();
    while (socket.send(Buffer.alloc(1_000))) sent += 1;
    expect(sent).toBeGreaterThan(256);
    await settled();
    expect(outbox.drains).toBe(0);
    peer.socket.resume();
    await outbox.until(() => outbox.drains === 1);
    expect(socket.send('more')).toBe(true);
  });

  it('does not tell of what the kernel never got', async () => {
    const { outbox, peer, socket } = await dialled();
    peer.socket.pause();
    for (let i = 0; i < 2_000; i += 1) socket.send(Buffer.alloc(1_000));
    await settled();
    peer.socket.destroy();
    await outbox.closed();
    expect(outbox.accepted).toBeLessThan(1_000);
    expect(socket.open).toBe(false);
  });
});
