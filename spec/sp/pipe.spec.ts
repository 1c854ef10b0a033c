import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { type Peers, acceptPeers } from '../../lib/sp/peers.js';
import type { Pipe, PipeHandler } from '../../lib/sp/pipe.js';
import type { PipeOptions } from '../../lib/sp/pipe-options.js';
import { frame, PUSH, RawPeer } from '../helpers/raw-peer.js';
import { Recorder } from '../helpers/recorder.js';
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

describe('a gulp', () => {
  it.each([10_000, 60_000, 300_000])('has an end, however much comes meanwhile: frames of %i bytes', async (size) => {
    const body = frame(Buffer.alloc(size, 'x'));
    const { log, peer, pipe } = await connected(() => peer.write(body, body, body), { maxFrame: 1_000_000 });
    peer.write(frame('first'));
    await log.until(() => log.frames.length > 0);
    pipe().pause();
    log.frames.length = 0;
    pipe().readOut();
    await log.until(() => log.frames.length > 0);
    for (let i = 0; i < 50; i += 1) await settled();
    // What a kernel holds for a connection, and one frame more.
    expect(log.frames.length).toBeLessThanOrEqual(Math.ceil((256 * 1024 + 65_536) / size) + 1);
    const { length } = log.frames;
    pipe().readOut();
    await log.until(() => log.frames.length > length);
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
