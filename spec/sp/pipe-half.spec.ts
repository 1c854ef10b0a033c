import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { nativeTransport } from '../../lib/sp/native.js';
import type { PushSocket } from '../../lib/sp/transport.js';
import { PULL, RawPeer } from '../helpers/raw-peer.js';
import { PushRecorder } from '../helpers/recorder.js';
import { tempFolder } from '../helpers/unique.js';

/** A whole connection elsewhere: whatever was there for other sockets has been handed on meanwhile. */
async function settled(): Promise<void> {
  const address = join(tempFolder(), 'x.ipc');
  const { next } = await RawPeer.listen(address);
  const dialling = RawPeer.dial(address, PULL);
  const peer = await next();
  peer.write(PULL);
  await dialling;
}

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

  it.each<[string, (ends: { readonly peer: RawPeer; readonly socket: PushSocket }) => void]>([
    ['its peer has died', ({ peer }) => peer.socket.destroy()],
    ['it is destroyed', ({ socket }) => socket.destroy()],
  ])('does not tell of what the kernel never got when %s', async (_, end) => {
    const { outbox, peer, socket } = await dialled();
    peer.socket.pause();
    for (let i = 0; i < 100; i += 1) {
      for (let k = 0; k < 20; k += 1) socket.send(Buffer.alloc(1_000));
      await settled();
    }
    const { accepted } = outbox;
    expect(accepted).toBeGreaterThan(0);
    end({ peer, socket });
    await outbox.closed();
    expect(outbox.accepted).toBe(accepted);
    expect(socket.open).toBe(false);
  });
});
