import { describe, expect, it } from '@jest/globals';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { openNanomsgTransport } from '../../lib/sp/nanomsg.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { listenRep } from '../../lib/sp/rep.js';
import { dialReq } from '../../lib/sp/req.js';
import type { Transport } from '../../lib/sp/transport.js';
import { PeerProcess } from '../helpers/peer-process.js';
import { PullRecorder, PushRecorder, Recorder } from '../helpers/recorder.js';
import { describeWith, root, toolchain } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';

const options = { clock: systemClock };
const newAddress = (): string => join(tempFolder(), 'x.ipc');

/** What the Go and the Python peer send: the number, and what fills the message up. */
const message = (number: number, size: number): string => `${number} `.padEnd(size, 'x');
const messages = (count: number, size: number): string[] => Array.from({ length: count }, (_, i) => message(i, size));
const report = (count: number, bytes: number): string => JSON.stringify({ count, bytes, error: '' });
const plain = (line: string): string => line.replaceAll(': ', ':').replaceAll(', ', ',');

class Replies extends Recorder {
  readonly bodies: string[] = [];

  add(body: Buffer): void {
    this.bodies.push(body.toString());
    this.changed();
  }
}

type Start = (role: string, url: string, ...numbers: readonly number[]) => PeerProcess;

function talk(start: Start): void {
  it.each([
    [3_000, 100],
    [50, 100_000],
    [2, 5_000_000],
  ])('sends us %d messages of %d bytes', async (count, size) => {
    const address = newAddress();
    const inbox = new PullRecorder();
    const socket = await nativeTransport.pull(address, options, inbox.handler);
    const peer = start('push', `ipc://${address}`, count, size);
    await inbox.until(() => inbox.messages.length === count);
    expect(inbox.messages.every((got, i) => got.equals(Buffer.from(message(i, size))))).toBe(true);
    expect(plain(await peer.line(1))).toBe(report(count, 0));
    await peer.end();
    await inbox.until(() => inbox.gone.length === 1);
    expect(inbox.gone).toEqual([{ left: 0, why: 'orderly', messages: count }]);
    await socket.close();
  });

  it.each([
    [3_000, 100],
    [50, 100_000],
    [2, 5_000_000],
  ])('takes %d messages of %d bytes, and closes when it has read them', async (count, size) => {
    const address = newAddress();
    const peer = start('pull', `ipc://${address}`, count);
    await peer.line(0);
    const outbox = new PushRecorder();
    const socket = await nativeTransport.push(address, { ...options, timeout: 2_000 }, outbox.handler);
    await outbox.sendAll(socket, messages(count, size));
    socket.end();
    expect(plain(await peer.line(1))).toBe(report(count, messages(count, size).join('').length));
    expect(await outbox.closed()).toBe('orderly');
    expect(outbox.accepted).toBe(count);
  });

  it.each([
    [300, 100],
    [3, 2_000_000],
  ])('asks us %d times, %d bytes each', async (count, size) => {
    const address = newAddress();
    const socket = await listenRep(address, options, {
      opened: () => undefined,
      request: (peer, body) => void peer.reply(body),
      closed: () => undefined,
    });
    const peer = start('req', `ipc://${address}`, count, size);
    expect(plain(await peer.line(1))).toBe(report(count, messages(count, size).join('').length));
    await socket.close();
  });

  it.each([
    [300, 100],
    [3, 2_000_000],
  ])('answers us %d times, %d bytes each', async (count, size) => {
    const address = newAddress();
    const peer = start('rep', `ipc://${address}`, count);
    await peer.line(0);
    const replies = new Replies();
    const handler = { reply: (body: Buffer) => replies.add(body), closed: () => undefined };
    const socket = await dialReq(address, { ...options, timeout: 2_000 }, handler);
    for (const [i, body] of messages(count, size).entries()) {
      socket.request(body);
      await replies.until(() => replies.bodies.length > i);
    }
    expect(replies.bodies).toEqual(messages(count, size));
    expect(plain(await peer.line(1))).toMatch(new RegExp(`^{"count":${count},`));
    socket.close();
  });

  it('is not led astray by another kind of socket', async () => {
    const address = newAddress();
    const peer = start('rep', `ipc://${address}`, 1);
    await peer.line(0);
    const dialling = nativeTransport.push(address, { ...options, timeout: 2_000 }, new PushRecorder().handler);
    await expect(dialling).rejects.toMatchObject({
      code: 'ERR_GREETING',
      message: expect.stringContaining('speaks protocol 0x31'),
    });
  });

  if (!toolchain('nanomsg').ok) return;
  it('talks with the nanomsg transport', async () => {
    const transport: Transport = await openNanomsgTransport();
    const [there, back] = [newAddress(), newAddress()];
    const taker = start('pull', `ipc://${there}`, 1_000);
    await taker.line(0);
    const outbox = new PushRecorder();
    const pushing = await transport.push(there, { ...options, timeout: 2_000 }, outbox.handler);
    await outbox.sendAll(pushing, messages(1_000, 200));
    expect(plain(await taker.line(1))).toBe(report(1_000, 200_000));
    pushing.end();
    await outbox.closed();

    const inbox = new PullRecorder();
    const pulling = await transport.pull(back, options, inbox.handler);
    start('push', `ipc://${back}`, 1_000, 200);
    expect(await inbox.texts(1_000)).toEqual(messages(1_000, 200));
    await pulling.close();
  });
}

describeWith('go', 'mangos', (bin) => {
  talk((role, url, ...numbers) => new PeerProcess(join(bin, 'peer'), [role, url, ...numbers.map(String)]));
});

describeWith('python', 'pynng', (python) => {
  const program = `${root}spec/fixtures/python/peer/main.py`;
  talk((role, url, ...numbers) => new PeerProcess(python, [program, role, url, ...numbers.map(String)]));
});

const nngcat = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'nngcat'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});
if (!nngcat) process.stderr.write('skipped: nngcat (it is not on PATH; Debian has it in nng-utils)\n');

(nngcat ? describe : describe.skip)('nngcat', () => {
  const cat = (...args: readonly string[]): PeerProcess => new PeerProcess('nngcat', args);

  it('sends us messages', async () => {
    const address = newAddress();
    const inbox = new PullRecorder();
    const socket = await nativeTransport.pull(address, options, inbox.handler);
    cat('--push0', '--dial', `ipc://${address}`, '--data', 'hello', '--interval', '1');
    expect(await inbox.texts(2)).toEqual(['hello', 'hello']);
    await socket.close();
  });

  it('takes our messages', async () => {
    const address = newAddress();
    const peer = cat('--pull0', '--listen', `ipc://${address}`, '--quoted');
    const outbox = new PushRecorder();
    const socket = await nativeTransport.push(address, { ...options, timeout: 5_000 }, outbox.handler);
    for (const body of ['one', '', 'two "2"']) socket.send(body);
    expect([await peer.line(0), await peer.line(1), await peer.line(2)]).toEqual(['"one"', '""', '"two \\"2\\""']);
    socket.destroy();
  });

  it('asks us', async () => {
    const address = newAddress();
    const socket = await listenRep(address, options, {
      opened: () => undefined,
      request: (peer, body) => void peer.reply(`${body.toString()} back`),
      closed: () => undefined,
    });
    const peer = cat('--req0', '--dial', `ipc://${address}`, '--data', 'hello', '--quoted');
    expect(await peer.line(0)).toBe('"hello back"');
    await socket.close();
  });

  it('answers us', async () => {
    const address = newAddress();
    cat('--rep0', '--listen', `ipc://${address}`, '--data', 'answer');
    const replies = new Replies();
    const handler = { reply: (body: Buffer) => replies.add(body), closed: () => undefined };
    const socket = await dialReq(address, { ...options, timeout: 5_000 }, handler);
    socket.request('question');
    await replies.until(() => replies.bodies.length > 0);
    expect(replies.bodies).toEqual(['answer']);
    socket.close();
  });
});
