/** Many rules over one plugin that have nothing to do. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Rule } from '../../../lib/index.js';
import { tsContender } from '../contenders.js';
import type { Opened } from '../harness.js';
import { startHost } from '../hosts.js';
import type { Value } from '../payload.js';
import { unique } from '../plugins.js';

const HOUR = 3_600_000;

/** Milliseconds after which the start is over altogether, what the collector does in other threads, too. */
const SETTLED = 500;

/** So many rules, source → call → sink each: how long they take to start and stop, and what they cost while idle. */
export async function idle(count: number): Promise<Opened> {
  const plugin = tsContender.copy();
  const host = await startHost([plugin]);
  const start = (): Rule =>
    host.rule(unique('r'), ({ source, call, sink }) =>
      source<Value>(plugin.source, { config: { ...plugin.flood(100), interval: HOUR } })
        .pipe(call(plugin.function, (value) => [value]))
        .subscribe(sink(plugin.sink, { config: plugin.collect })),
    );
  return {
    async run(seconds) {
      globalThis.gc?.();
      const [heap, began] = [process.memoryUsage().heapUsed, performance.now()];
      const rules = Array.from({ length: count }, start);
      while (!rules.every(({ status }) => status.phase === 'running')) await pause(1);
      const started = performance.now() - began;
      globalThis.gc?.();
      const held = process.memoryUsage().heapUsed - heap;
      await pause(SETTLED);
      const [cpu, since] = [process.cpuUsage(), performance.now()];
      await pause(Math.max(2, seconds) * 1_000);
      const { user, system } = process.cpuUsage(cpu);
      const busy = (user + system) / 10 / (performance.now() - since);
      const stopping = performance.now();
      await Promise.all(rules.map((rule) => rule.stop()));
      return {
        'start ms each': started / count,
        'stop ms each': (performance.now() - stopping) / count,
        'KiB each': held / 1_024 / count,
        'idle CPU %': busy,
      };
    },
    close: () => host.stop(),
  };
}
