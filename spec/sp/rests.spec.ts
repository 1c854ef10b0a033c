import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { acceptPeers, type Peers } from '../../lib/sp/peers.js';
import type { Pipe, PipeHandler } from '../../lib/sp/pipe.js';
import type { Protocol } from '../../lib/sp/protocol.js';
import { HandClock } from '../helpers/hand-clock.js';
import { frame, PUSH, RawPeer, REQ } from '../helpers/raw-peer.js';
import { Recorder } from '../helpers/recorder.js';
import { tempFolder } from '../helpers/unique.js';

class Log extends Recorder {
  frames = 0;
  readonly ends: string[] = [];

  readonly handler: PipeHandler = {
    opened: () => this.changed(),
    frame: () => {
      this.frames += 1;
      this.changed();
    },
    closed: (_, error) => {
      this.ends.push(error?.code ?? 'orderly');
      this.changed();
    },
  };
}

/** Bytes, more than kernel and socket hold. */
const LARGE = 1_000_000;

const listeners: Peers[] = [];
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((peers) => peers.close()));
});

/** A peer whose messages were read one by one, all at one moment of a clock that stands still. */
async function flooded(messages = 16, protocol: Protocol = 'pull') {
  const { log, clock, peer, pipe } = await connected(protocol);
  for (let sent = 1; sent <= messages; sent += 1) {
    peer.write(frame('x'));
    await log.until(() => log.frames === sent);
  }
  return { log, clock, peer, pipe };
}

async function connected(protocol: Protocol) {
  const log = new Log();
  const clock = new HandClock();
  const address = join(tempFolder(), 'x.ipc');
  const peers = await acceptPeers(address, protocol, { clock }, log.handler);
  listeners.push(peers);
  const peer = await RawPeer.dial(address, protocol === 'pull' ? PUSH : REQ);
  await log.until(() => peers.pipes.size === 1);
  const [pipe] = peers.pipes as Set<Pipe>;
  return { log, clock, peer, pipe: pipe! };
}

/** What the kernel had for any socket has been handed on: another connection was opened and used meanwhile. */
async function settled(): Promise<void> {
  const log = new Log();
  const address = join(tempFolder(), 'x.ipc');
  const peers = await acceptPeers(address, 'pull', { clock: systemClock }, log.handler);
  listeners.push(peers);
  const peer = await RawPeer.dial(address, PUSH);
  peer.write(frame('marker'));
  await log.until(() => log.frames === 1);
}

/** Each in a write of its own. */
async function more(peer: RawPeer, messages = 3): Promise<void> {
  for (let i = 0; i < messages; i += 1) {
    peer.write(frame('y'));
    await settled();
  }
}

describe('the reader of a flood of small messages', () => {
  it('rests for a millisecond, then reads all that has come', async () => {
    const { log, clock, peer } = await flooded();
    await more(peer);
    expect(log.frames).toBe(16);
    clock.advance(1);
    await log.until(() => log.frames === 19);
  });

  it('does not rest before the flood, nor after it', async () => {
    const { log, clock, peer } = await flooded(15);
    await more(peer);
    // The first of the three was the sixteenth.
    expect(log.frames).toBe(16);
    clock.advance(1);
    await log.until(() => log.frames === 18);
    await more(peer);
    expect(log.frames).toBe(21);
  });

  it('never rests where the peer waits for answers', async () => {
    const { log, peer } = await flooded(16, 'rep');
    await more(peer);
    expect(log.frames).toBe(19);
  });

  it('is paused by its owner beyond the end of a rest', async () => {
    const { log, clock, peer, pipe } = await flooded();
    pipe.pause();
    clock.advance(1);
    peer.write(frame(Buffer.alloc(LARGE)));
    for (let turns = 0; turns < 20; turns += 1) await settled();
    // Not even into memory: the kernel holds some of it, and one read came into the buffer of the socket.
    expect(peer.socket.writableLength).toBeGreaterThan(LARGE / 2);
    expect(log.frames).toBe(16);
    pipe.resume();
    await log.until(() => log.frames === 17);
  });

  it('goes on while each rest brings eight messages, the first of which has come at its beginning', async () => {
    const { log, clock, peer } = await flooded();
    await more(peer, 9);
    clock.advance(1);
    await log.until(() => log.frames === 25);
    await more(peer);
    expect(log.frames).toBe(25);
    clock.advance(1);
    await log.until(() => log.frames === 28);
  });

  it.each<[string, (pipe: Pipe) => void]>([
    ['resumed', (pipe) => pipe.resume()],
    ['read out', (pipe) => pipe.readOut()],
  ])('does not go on resting when it is paused and %s', async (_, act) => {
    const { log, peer, pipe } = await flooded();
    pipe.pause();
    await more(peer);
    act(pipe);
    await log.until(() => log.frames === 19);
  });

  it('does not rest in a gulp, which ends with the last message', async () => {
    const { log, peer, pipe } = await flooded(15);
    pipe.pause();
    await more(peer);
    pipe.readOut();
    await log.until(() => log.frames === 18);
    await more(peer);
    expect(log.frames).toBe(18);
  });

  it('hears of the end after a rest, and of all before it', async () => {
    const { log, clock, peer } = await flooded();
    await more(peer);
    peer.socket.end();
    await settled();
    expect(log).toMatchObject({ frames: 16, ends: [] });
    clock.advance(1);
    await log.until(() => log.ends.length === 1);
    expect(log).toMatchObject({ frames: 19, ends: ['orderly'] });
  });

  it('leaves no timer when it is destroyed in a rest', async () => {
    const { log, clock, pipe } = await flooded();
    expect(clock.actions).toHaveLength(1);
    pipe.destroy();
    await log.until(() => log.ends.length === 1);
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });
});
