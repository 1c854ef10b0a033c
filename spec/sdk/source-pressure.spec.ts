import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { errorFrame } from '../../lib/sdk/encode.js';
import type { Source } from '../../lib/sdk/index.js';
import { functionControl } from '../../lib/wire/control.js';
import { HandClock } from '../helpers/hand-clock.js';
import { messagesOf, PluginHost, startSource } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

describe('back-pressure', () => {
  const PAYLOAD = 'x'.repeat(1_000);
  const TOTAL = 1_000_000;

  it.each(['iterable', 'async iterable'])('an %s is asked only when there is room', async (kind) => {
    let asked = 0;
    const next = () => ({ i: (asked += 1), PAYLOAD });
    const source: Source =
      kind === 'iterable'
        ? function* () {
            while (asked < TOTAL) yield next();
          }
        : async function* () {
            while (asked < TOTAL) yield next();
          };
    const { host, source: running } = await startSource(source);
    running.socket.pause();
    const before = await settled(host, () => asked);
    // What fits into the kernel's buffers and the pipe's own, in frames of 1 KB.
    expect(asked - messagesOf(running).length).toBeLessThan(1_500);
    running.socket.resume();
    await until(() => asked > before + 1_000);
    expect(await running.stop()).toBe('ok');
    const received = messagesOf(running) as { i: number }[];
    expect(received.map(({ i }) => i)).toEqual(Array.from({ length: received.length }, (_, i) => i + 1));
    expect(asked - received.length).toBeLessThanOrEqual(1);
  });

  it('gives the event loop its turn in an endless generator', async () => {
    const { source } = await startSource(function* () {
      for (let i = 0; ; i += 1) yield i;
    });
    await until(() => source.frames.length > 10_000);
    expect(await source.stop()).toBe('ok');
  });

  it('an Observable that is too fast loses its oldest, counted and reported', async () => {
    const values = new Subject<unknown>();
    const { host, source } = await startSource({ open: () => values, queue: 100 });
    await until(() => values.observed);
    source.socket.pause();
    for (let i = 0; i < 10; i += 1) {
      for (let j = 0; j < 200; j += 1) values.next({ i: i * 200 + j, PAYLOAD });
      await roundTrip(host);
    }
    expect(host.lines.filter((line) => line.includes('dropped'))).toHaveLength(1);
    source.socket.resume();
    await until(() => source.frames.some((frame) => frame.includes('"i":1999')));
    values.complete();
    await until(() => source.ends() === 1);

    const errors = source.frames.filter((frame) => frame.startsWith('{"error"'));
    const received = messagesOf(source) as { readonly i: number }[];
    const last = /dropped \d+ values, (\d+) in all: the queue of 100 is full/.exec(errors.at(-1) ?? '');
    expect(received.length + Number(last?.[1])).toBe(2_000);
    const told = errors.map((frame) => (JSON.parse(frame) as { readonly dropped: number }).dropped);
    expect(told.reduce((sum, count) => sum + count)).toBe(Number(last?.[1]));
    expect(received.at(-1)?.i).toBe(1_999);
  });

  it('tells a stock host in words alone', () => {
    expect(errorFrame('dropped 5', true, 5)).toBe(errorFrame('dropped 5', true));
    expect(errorFrame('dropped 5', false, 5)).toBe('{"error":"dropped 5","dropped":5}');
  });

  it('does not hold STOP up for more than four seconds when the host does not read', async () => {
    const clock = new HandClock();
    const host = await PluginHost.listen();
    let asked = 0;
    let ended = false;
    function* flood(): Iterable<unknown> {
      try {
        for (; ; asked += 1) yield { PAYLOAD };
      } finally {
        ended = true;
      }
    }
    host.run({ sources: { flood }, functions: { echo: (value) => value } }, clock);
    const { ask } = await host.function('echo');
    const running = await host.source('flood');
    running.socket.pause();
    await settled(host, () => asked);
    const said = host.control.heard.length;
    const stopped = running.stop();
    await until(() => ended, 'STOP is there');
    clock.advance(3_999);
    // What is said on the control channel is here before the answer to a call that is made now.
    await ask({ func: 'IsAggregate', arg: [] });
    expect(host.control.heard).toHaveLength(said);
    clock.advance(1);
    expect(await stopped).toBe('ok');
    const before = messagesOf(running).length;
    // What it had sent is not lost for that.
    running.socket.resume();
    await until(() => running.ends() === 1);
    expect(messagesOf(running).length).toBeGreaterThan(before + 200);
  });
});

/** The plugin has answered something: whatever it could do at once is done. */
const roundTrip = (host: PluginHost): Promise<string> => host.command('stop', functionControl('nobody'));

/** What `count` stands at when it moves no longer while the plugin answers. */
async function settled(host: PluginHost, count: () => number): Promise<number> {
  for (let before = -1; ;) {
    if (before === count()) return before;
    before = count();
    await roundTrip(host);
  }
}
