import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { systemClock } from '../../lib/clock.js';
import type { Sink, SinkContext } from '../../lib/sdk/index.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { ackPath, dataPath } from '../../lib/wire/address.js';
import { encodeCommand } from '../../lib/wire/control.js';
import { PluginHost } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

async function start(sink: Sink) {
  const host = await PluginHost.listen('stock');
  const handle = host.run({ sinks: { sink } });
  return { host, handle, sink: await host.sink('sink', { path: 'x' }) };
}

/** A sink that keeps what it gets. */
function collecting(wait: () => Promise<void> | undefined = () => undefined) {
  const values: unknown[] = [];
  let completed = 0;
  const open = () => ({
    next: (value: unknown) => {
      values.push(value);
      return wait();
    },
    complete: () => {
      completed += 1;
    },
  });
  return { open, values, completed: () => completed };
}

describe('a sink', () => {
  it('knows what it runs for', async () => {
    let context: SinkContext | undefined;
    const { sink } = await start((given) => {
      context = given;
      return () => undefined;
    });
    expect(context).toMatchObject({ symbol: 'sink', ...sink.control.meta, config: { path: 'x' } });
  });

  it.each([
    ['auto', '{"a":1}', { a: 1 }],
    ['auto', '"text"', 'text'],
    ['auto', 'no json', new TextEncoder().encode('no json')],
    ['auto', '', new Uint8Array()],
    ['json', '{"a":NaN}', { a: NaN }],
    ['raw', '{"a":1}', new TextEncoder().encode('{"a":1}')],
  ] as const)('decodes as %s: %s', async (decode, payload, value) => {
    const { open, values } = collecting();
    const { sink } = await start({ open, decode });
    sink.send(payload);
    await until(() => values.length === 1);
    expect(values).toEqual([value]);
    expect(values[0] instanceof Buffer).toBe(false);
  });

  it('refuses what is no JSON where it was asked for, and goes on', async () => {
    const { open, values } = collecting();
    const { sink } = await start({ open, decode: 'json' });
    sink.send('no json');
    sink.send('1');
    await until(() => sink.acks.frames.length === 2);
    expect(sink.acks.frames).toEqual([expect.stringMatching(/^\{"error":".*JSON/), '{}']);
    expect(values).toEqual([1]);
  });

  it.each<[string, (value: unknown) => unknown]>([
    [
      'throws',
      (value) => {
        if (value === 1) throw new Error('not one');
      },
    ],
    [
      'rejects',
      async (value) => {
        if (value === 1) throw new Error('not one');
      },
    ],
  ])('that %s says so for that value, and goes on', async (_, next) => {
    const { sink } = await start(() => next);
    for (const value of [0, 1, 2]) sink.send(JSON.stringify(value));
    await until(() => sink.acks.frames.length === 3);
    expect(sink.acks.frames).toEqual(['{}', '{"error":"not one"}', '{}']);
  });

  it('takes one value after another, in order, without queueing', async () => {
    let active = 0;
    let most = 0;
    const values: unknown[] = [];
    const { sink } = await start(() => async (value) => {
      most = Math.max(most, (active += 1));
      await sleep(value === 0 ? 5 : 0);
      values.push(value);
      active -= 1;
    });
    for (let i = 0; i < 500; i += 1) sink.send(String(i));
    await sink.finish();
    expect(await sink.stop()).toBe('ok');
    expect(most).toBe(1);
    expect(values).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  it('makes the host wait while it works', async () => {
    const { sink } = await start(() => () => new Promise(() => undefined));
    const payload = JSON.stringify('x'.repeat(10_000));
    let sent = 0;
    for (; sent < 10_000 && sink.send(payload); sent += 1) if (sent % 10 === 0) await sleep(0);
    expect(sent).toBeLessThan(200);
  });

  it('closes its side when it has collected everything, and then completes, at STOP', async () => {
    const { open, values, completed } = collecting(() => sleep(1));
    const { host, sink } = await start(open);
    for (let i = 0; i < 200; i += 1) sink.send(JSON.stringify({ i, pad: 'x'.repeat(1_000) }));
    await sink.finish();
    expect(values).toHaveLength(200);
    expect(completed()).toBe(0);
    expect(await sink.stop()).toBe('ok');
    expect(completed()).toBe(1);
    await until(() => sink.acks.ends() === 1);
    expect(sink.acks.frames).toHaveLength(200);
    expect(existsSync(dataPath(host.ipcDir, sink.control.meta))).toBe(false);
  });

  it('works off what was sent by a host that stays connected', async () => {
    const { open, values, completed } = collecting(() => sleep(1));
    const { sink } = await start(open);
    for (let i = 0; i < 50; i += 1) sink.send(String(i));
    expect(await sink.stop()).toBe('ok');
    expect(values).toHaveLength(50);
    expect(completed()).toBe(1);
  });

  it('has given its address back when complete() begins, which may take its time', async () => {
    let listened: boolean | undefined;
    let path = '';
    const { host, sink } = await start(() => ({
      next: () => undefined,
      complete: () => void (listened = existsSync(path)),
    }));
    path = dataPath(host.ipcDir, sink.control.meta);
    expect(existsSync(path)).toBe(true);
    expect(await sink.stop()).toBe('ok');
    expect(listened).toBe(false);
  });

  it('waits for an async complete(), and survives one that throws', async () => {
    const events: string[] = [];
    const { sink } = await start(() => ({
      next: () => undefined,
      complete: async () => {
        await sleep(5);
        events.push('flushed');
      },
    }));
    expect(await sink.stop()).toBe('ok');
    expect(events).toEqual(['flushed']);

    const { host, sink: other } = await start(() => ({
      next: () => undefined,
      complete: () => {
        throw new Error('disk full');
      },
    }));
    expect(await other.stop()).toBe('ok');
    expect(host.lines.join('')).toMatch(/\[ERROR\] complete\(\) of the sink threw: disk full/);
  });

  it('takes values of a second connection', async () => {
    const { open, values } = collecting();
    const { host, sink } = await start(open);
    sink.send('1');
    await sink.finish();
    const again = await nativeTransport.push(
      dataPath(host.ipcDir, sink.control.meta),
      { clock: systemClock, timeout: 100 },
      { accepted: () => undefined, drained: () => undefined, closed: () => undefined },
    );
    again.send('2');
    await until(() => values.length === 2);
    again.destroy();
  });

  it('replaces one that runs under the same meta', async () => {
    const { open, completed } = collecting();
    const { host, sink } = await start(open);
    await sink.finish();
    expect(await host.control.ask(encodeCommand('start', sink.control))).toBe('ok');
    expect(completed()).toBe(1);
    expect(await sink.stop()).toBe('ok');
    expect(completed()).toBe(2);
  });

  it('can be started again after its ack channel was missing', async () => {
    const host = await PluginHost.listen('stock');
    host.run({ sinks: { sink: () => () => undefined } });
    const meta = host.meta();
    const control = { symbolName: 'sink', meta, pluginType: 'sink', config: {} } as const;
    expect(await host.command('start', control)).toMatch(/cannot connect to .*_ack/);
    expect(existsSync(dataPath(host.ipcDir, meta))).toBe(false);
    expect((await host.sink('sink', {}, meta)).answer).toBe('ok');
    expect(existsSync(ackPath(host.ipcDir, meta))).toBe(true);
  });
});

describe('acks that nobody reads', () => {
  it('are left out; the sink goes on and can be stopped', async () => {
    const { open, values } = collecting();
    const { host, sink } = await start(open);
    sink.acks.socket.pause();
    const total = 200_000;
    for (let i = 0; i < total; i += 1) if (!sink.send('1')) await sleep(1);
    await sink.finish();
    await until(() => values.length === total);
    expect(host.lines.filter((line) => line.includes('does not keep up with the acks'))).toHaveLength(1);
    expect(await sink.stop()).toBe('ok');
  });
});

describe('a plugin that is closed', () => {
  it('completes its sinks with what they have taken', async () => {
    const { open, values, completed } = collecting(() => sleep(1));
    const { handle, sink } = await start(open);
    for (let i = 0; i < 20; i += 1) sink.send(String(i));
    await sink.finish();
    await handle.close();
    expect(values).toHaveLength(20);
    expect(completed()).toBe(1);
  });
});
