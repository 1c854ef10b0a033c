import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { VirtualTimeScheduler } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import { openNanomsgTransport } from '../../lib/sp/nanomsg.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { PULL, RawPeer } from '../helpers/raw-peer.js';
import { PullRecorder, PushRecorder } from '../helpers/recorder.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const newAddress = (): string => join(tempFolder(), 'x.ipc');
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('a nanomsg transport that can not be loaded', () => {
  it('says what to install', async () => {
    const missing = Object.assign(new Error("Cannot find package 'nanomsg'"), { code: 'ERR_MODULE_NOT_FOUND' });
    const loading = openNanomsgTransport(() => Promise.reject(missing));
    const message = expect.stringMatching(/`npm install nanomsg`, which needs a C compiler.*Cannot find package/);
    await expect(loading).rejects.toMatchObject({ code: 'ERR_TRANSPORT_MISSING', cause: missing, message });
  });

  it.each([[{}], [{ default: {} }], [{ default: { _bindings: { Socket: () => 0 } } }]])(
    'says what a version lacks: %j',
    async (loaded) => {
      const message = expect.stringMatching(/its version has no .*Bind, Connect, Send, Recv, PollSocket, PollStop/);
      const loading = openNanomsgTransport(() => Promise.resolve(loaded));
      await expect(loading).rejects.toMatchObject({ code: 'ERR_TRANSPORT_MISSING', message });
    },
  );
});

describeWith('nanomsg', 'the nanomsg transport by itself', () => {
  it('leaves control and function channels to the native stack', async () => {
    const { name, capabilities } = await openNanomsgTransport();
    expect(name).toBe('nanomsg');
    expect(capabilities).toMatchObject({ requestIds: false, manyPeers: false });
    expect(nativeTransport.capabilities).toEqual({
      requestIds: true,
      manyPeers: true,
      halfClose: true,
      peerClose: true,
      pause: true,
    });
  });

  it('can not tell a listener of another kind from none', async () => {
    const { push } = await openNanomsgTransport();
    const address = newAddress();
    const { next } = await RawPeer.listen(address);
    const dialling = push(address, { clock: systemClock, timeout: 300 }, new PushRecorder().handler);
    void next().then((peer) => peer.write(Buffer.from('\0SP\0\0\x31\0\0', 'latin1')));
    await expect(dialling).rejects.toMatchObject({ code: 'ERR_CHANNEL_DIAL' });
  });

  it('does not stop the event loop while its peer reads nothing, and loses nothing at its end', async () => {
    const { push } = await openNanomsgTransport();
    const address = newAddress();
    const { next } = await RawPeer.listen(address);
    const outbox = new PushRecorder();
    const dialling = push(address, { clock: systemClock, timeout: 2_000 }, outbox.handler);
    const peer = await next();
    peer.write(PULL);
    const socket = await dialling;
    peer.socket.pause();
    for (let i = 0; i < 1_000; i += 1) socket.send(Buffer.alloc(1_000, i % 256));
    socket.end();
    for (let i = 0; i < 20; i += 1) await turn();
    expect(outbox.accepted).toBeLessThan(900);
    expect(outbox.ends).toEqual([]);
    peer.socket.resume();
    expect(await outbox.closed()).toBe('orderly');
    expect(outbox.accepted).toBe(1_000);
    await peer.read(8);
    for (let i = 0; i < 1_000; i += 1) expect(await peer.frame()).toEqual(Buffer.alloc(1_000, i % 256));
  });

  it('gives up on what its peer does not take', async () => {
    const { push } = await openNanomsgTransport();
    const address = newAddress();
    const { next } = await RawPeer.listen(address);
    const outbox = new PushRecorder();
    const clock = new VirtualTimeScheduler();
    const dialling = push(address, { clock, timeout: 2_000 }, outbox.handler);
    const peer = await next();
    peer.write(PULL);
    const socket = await dialling;
    peer.socket.pause();
    while (socket.send(Buffer.alloc(1_000)));
    for (let i = 0; i < 20; i += 1) await turn();
    while (socket.send(Buffer.alloc(1_000)));
    socket.end();
    expect(outbox.ends).toEqual([]);
    clock.flush();
    expect(clock.now()).toBe(5_000);
    expect(await outbox.closed()).toBe('ERR_CHANNEL_CLOSED');
    expect(outbox.accepted).toBeLessThan(1_000);
  });

  it('connects again by itself when its peer comes back', async () => {
    const { pull, push } = await openNanomsgTransport();
    const address = newAddress();
    const [first, second, outbox] = [new PullRecorder(), new PullRecorder(), new PushRecorder()];
    const one = await pull(address, { clock: systemClock }, first.handler);
    const socket = await push(address, { clock: systemClock, timeout: 2_000 }, outbox.handler);
    socket.send('1');
    await first.texts(1);
    await one.close();
    expect(socket.open).toBe(true);
    const other = await pull(address, { clock: systemClock }, second.handler);
    // What it sends before it has noticed is lost, as documented.
    await until(() => {
      socket.send('2');
      return second.messages.length > 0;
    }, 'it is connected again');
    socket.destroy();
    await other.close();
  });

  it('says when there are no sockets left', async () => {
    const { pull, push } = await openNanomsgTransport();
    const folder = tempFolder();
    const sockets = [];
    const address = (): string => join(folder, `${sockets.length}.ipc`);
    const open = () => pull(address(), { clock: systemClock }, { message: () => undefined });
    try {
      // The C library has 512.
      for (;;) sockets.push(await open());
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_CHANNEL_BIND', message: expect.stringContaining('Too many open') });
    }
    const handler = new PushRecorder().handler;
    const dialling = push(address(), { clock: systemClock, timeout: 0 }, handler);
    await expect(dialling).rejects.toMatchObject({ code: 'ERR_CHANNEL_DIAL' });
    expect(sockets.length).toBeGreaterThan(400);
    await Promise.all(sockets.map((socket) => socket.close()));
    await (await open()).close();
  });
});
