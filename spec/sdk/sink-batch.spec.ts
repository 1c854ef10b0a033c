/** A sink of our SDK under a host that sends several values in a frame. */
import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from '../../lib/sdk/index.js';
import { encodePayloads } from '../../lib/wire/sink-batch.js';
import { type Dialect, PluginHost } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

const MAGIC = '\u0001rxbatch';
const zeroTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i);
const batch = (...values: readonly unknown[]): Buffer =>
  Buffer.from(encodePayloads(values.map((value) => JSON.stringify(value))));

async function start(sink: Sink, dialect: Dialect = ['batch']) {
  const host = await PluginHost.listen(dialect);
  const handle = host.run({ sinks: { sink } });
  return { host, handle, sink: await host.sink('sink') };
}

describe('a frame of several values', () => {
  it('is collected one by one, between others, in order; only what came alone is acked', async () => {
    const seen: unknown[] = [];
    const { sink } = await start(() => (value) => void seen.push(value));
    sink.send('0');
    sink.send(batch(1, 2, 3));
    sink.send('4');
    await until(() => seen.length === 5);
    await until(() => sink.acks.frames.length === 2);
    await sink.finish();
    expect(seen).toEqual(zeroTo(5));
    expect(sink.acks.frames).toEqual(['{}', '{}']);
  });

  it('is decoded value by value', async () => {
    const seen: unknown[] = [];
    const { sink } = await start(() => (value) => void seen.push(value));
    sink.send(encodePayloads(['{"a":"\u00e4"}', 'no json', Uint8Array.of(0xff), '']));
    await until(() => seen.length === 4);
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(seen).toEqual([{ a: '\u00e4' }, bytes('no json'), Uint8Array.of(0xff), bytes('')]);
  });

  it.each([
    ['several', ['{"i":1}', '2']],
    ['one, which begins like a batch', [`${MAGIC}2`]],
  ])('is bytes, copied, for a sink that decodes nothing: %s', async (_, values) => {
    const seen: Uint8Array[] = [];
    const { sink } = await start({ open: () => (value) => void seen.push(value as Uint8Array), decode: 'raw' });
    sink.send(encodePayloads(values));
    await until(() => seen.length === values.length);
    expect(seen.map((value) => Buffer.from(value).toString())).toEqual(values);
    expect(seen.every(({ buffer, byteLength }) => buffer.byteLength === byteLength)).toBe(true);
  });

  it('has an ack when it is one, for a host that waits for it', async () => {
    const { sink } = await start(() => () => undefined);
    sink.send(encodePayloads([`${MAGIC}x`]));
    await until(() => sink.acks.frames.length === 1);
    expect(sink.acks.frames).toEqual(['{}']);
  });

  it.each<[string, (value: unknown) => unknown]>([
    [
      'throws',
      (value) => {
        if (value === 1 || value === 3) throw new Error(`not ${String(value)}`);
      },
    ],
    [
      'rejects',
      async (value) => {
        if (value === 1 || value === 3) throw new Error(`not ${String(value)}`);
      },
    ],
  ])('tells each value for which the sink %s, and goes on', async (_, next) => {
    const seen: unknown[] = [];
    const { sink } = await start(() => (value) => {
      seen.push(value);
      return next(value);
    });
    sink.send(batch(0, 1, 2, 3, 4));
    await until(() => seen.length === 5);
    await sink.finish();
    expect(sink.acks.frames).toEqual(['{"error":"not 1"}', '{"error":"not 3"}']);
  });

  it('is one value to a sink whose host never said so', async () => {
    const seen: Uint8Array[] = [];
    const { sink } = await start(
      { open: () => (value) => void seen.push(value as Uint8Array), decode: 'raw' },
      'stock',
    );
    sink.send(batch(1, 2));
    await until(() => sink.acks.frames.length === 1);
    expect(seen.map((value) => Buffer.from(value))).toEqual([batch(1, 2)]);
  });
});

describe('a sink that takes its time', () => {
  it('takes one value after another, and nothing else meanwhile', async () => {
    let active = 0;
    let most = 0;
    const seen: unknown[] = [];
    const { sink } = await start(() => async (value) => {
      most = Math.max(most, (active += 1));
      await sleep(value === 0 ? 5 : 0);
      seen.push(value);
      active -= 1;
    });
    for (let i = 0; i < 200; i += 4) {
      sink.send(batch(i, i + 1, i + 2));
      sink.send(String(i + 3));
    }
    await sink.finish();
    expect(await sink.stop()).toBe('ok');
    expect(most).toBe(1);
    expect(seen).toEqual(zeroTo(200));
  });

  it('pauses in the batch, and lets the host wait', async () => {
    const seen: unknown[] = [];
    const { sink } = await start(() => (value) => {
      seen.push(value);
      return value === 1 ? new Promise(() => undefined) : undefined;
    });
    sink.send(batch(0, 1, 2));
    const full = batch(...zeroTo(64).map(() => 'x'.repeat(100)));
    let sent = 0;
    for (; sent < 10_000 && sink.send(full); sent += 1) if (sent % 10 === 0) await sleep(0);
    expect(sent).toBeLessThan(200);
    expect(seen).toEqual([0, 1]);
  });

  it.each([
    ['has hung up', true],
    ['stays connected', false],
  ])('works off all of the batch at STOP, when the host %s', async (_, hangsUp) => {
    const seen: unknown[] = [];
    let completed = 0;
    const { sink } = await start(() => ({
      next: async (value) => {
        await sleep(value === 5 ? 150 : 1);
        seen.push(value);
      },
      complete: () => void (completed = seen.length),
    }));
    sink.send(batch(...zeroTo(30)));
    await until(() => seen.length > 2);
    const finished = hangsUp ? sink.finish() : undefined;
    expect(await sink.stop()).toBe('ok');
    await finished;
    expect(seen).toEqual(zeroTo(30));
    expect(completed).toBe(30);
  });

  it('is cut off within a batch when its process has no more time', async () => {
    const seen: unknown[] = [];
    let go: () => void = () => undefined;
    const { host, handle, sink } = await start(() => (value) => {
      seen.push(value);
      return new Promise<void>((resolve) => (go = resolve));
    });
    sink.send(batch(0, 1, 2));
    await until(() => seen.length === 1);
    await handle.close();
    go();
    // What follows a settled promise has run by then.
    await new Promise(setImmediate);
    expect(seen).toEqual([0]);
    expect(host.lines.join('')).not.toMatch(/ERROR/);
  });
});

describe('a batch that can not be read', () => {
  it('is told with its code, and the sink goes on', async () => {
    const seen: unknown[] = [];
    const { host, sink } = await start(() => (value) => void seen.push(value));
    sink.send(batch(1, 2).subarray(0, -1));
    sink.send(batch(3, 4));
    await until(() => seen.length === 2);
    await sink.finish();
    expect(seen).toEqual([3, 4]);
    expect(sink.acks.frames).toEqual([
      expect.stringMatching(
        /^\{"error":"ERR_MESSAGE_INVALID: .*a batch of 2 values that ends at byte 22, in 21 bytes"\}$/,
      ),
    ]);
    expect(host.lines.join('')).toMatch(/\[ERROR\] values of the host were lost: .*a batch of 2 values/);
  });
});
