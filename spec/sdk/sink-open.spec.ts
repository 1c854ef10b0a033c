import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Subject } from 'rxjs';
import type { Sink } from '../../lib/sdk/index.js';
import { dataPath } from '../../lib/wire/address.js';
import { PluginHost } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

async function start(sink: Sink) {
  const host = await PluginHost.listen('stock');
  const handle = host.run({ sinks: { sink } });
  return { host, handle, sink: await host.sink('sink', { path: 'x' }) };
}

describe('what a sink may be', () => {
  const seen: unknown[] = [];
  const subject = new Subject<unknown>();
  subject.subscribe((value) => seen.push(value));
  it.each<[string, Sink]>([
    ['a function', () => (value) => seen.push(value)],
    [
      'an async function',
      () => async (value) => {
        await sleep(1);
        seen.push(value);
      },
    ],
    ['an observer', () => ({ next: (value) => seen.push(value) })],
    ['a Subject', () => subject],
    ['an observer that is opened later', async () => ({ next: (value) => seen.push(value) })],
    [
      'a function that is opened later',
      async () => {
        await sleep(5);
        return (value) => seen.push(value);
      },
    ],
    ['an object with open()', { open: () => (value) => seen.push(value), decode: 'json' }],
  ])('%s', async (_, definition) => {
    seen.length = 0;
    const { sink } = await start(definition);
    sink.send('{"i":1}');
    sink.send('[2]');
    await until(() => sink.acks.frames.length === 2);
    expect(seen).toEqual([{ i: 1 }, [2]]);
    expect(sink.acks.frames).toEqual(['{}', '{}']);
  });
});

describe('a sink is refused', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['that takes no values', () => ({ complete: () => undefined }), /opened as an object without next\(\): return/],
    ['that is none', () => 5, /opened as 5: return a function or an observer/],
    ['that becomes none', async () => undefined, /opened as undefined: return/],
    ['that does not open', () => Promise.reject(new Error('no disk')), /no disk/],
  ])('%s', async (_, open, text) => {
    const { host, sink } = await start(open as Sink);
    expect(sink.answer).toMatch(text);
    expect(existsSync(dataPath(host.ipcDir, sink.control.meta))).toBe(false);
  });
});
