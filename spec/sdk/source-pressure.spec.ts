import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import type { Source } from '../../lib/sdk/index.js';
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
    const { source: running } = await startSource(source);
    running.socket.pause();
    let before = -1;
    while (before !== asked) {
      before = asked;
      await sleep(50);
    }
    // What fits into the kernel's buffers and the pipe's own, in frames of 1 KB.
    expect(asked - running.frames.length).toBeLessThan(1_500);
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
      await sleep(10);
    }
    expect(host.lines.filter((line) => line.includes('dropped'))).toHaveLength(1);
    source.socket.resume();
    await until(() => source.frames.some((frame) => frame.includes('"i":1999')));
    values.complete();
    await until(() => source.ends() === 1);

    const errors = source.frames.filter((frame) => frame.startsWith('{"error"'));
    const received = source.frames.filter((frame) => frame.startsWith('{"message"'));
    const last = /dropped \d+ values, (\d+) in all: the queue of 100 is full/.exec(errors.at(-1) ?? '');
    expect(received.length + Number(last?.[1])).toBe(2_000);
    expect(received.at(-1)).toContain('"i":1999');
  });

  it('does not hold STOP up for more than four seconds when the host does not read', async () => {
    const clock = new VirtualTimeScheduler();
    const host = await PluginHost.listen();
    host.run({ sources: { flood: () => repeat({ PAYLOAD }) } }, clock);
    const running = await host.source('flood');
    running.socket.pause();
    await sleep(100);
    let answer: string | undefined;
    void running.stop().then((text) => (answer = text));
    await sleep(20);
    clock.maxFrames = 3_999;
    clock.flush();
    await sleep(20);
    expect(answer).toBe(undefined);
    clock.maxFrames = 4_000;
    clock.flush();
    await until(() => answer === 'ok');
    const before = running.frames.length;
    // What it had sent is not lost for that.
    running.socket.resume();
    await until(() => running.ends() === 1);
    expect(running.frames.length).toBeGreaterThan(before + 200);
  });
});

function* repeat(value: unknown): Iterable<unknown> {
  for (;;) yield value;
}
