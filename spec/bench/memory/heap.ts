/** What a host keeps in its memory for each of many things. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Observable, Subject, takeUntil } from 'rxjs';
import type { Host, Rule } from '../../../lib/index.js';
import { tsContender } from '../contenders.js';
import type { Opened, Sample } from '../harness.js';
import { startHost } from '../hosts.js';
import { counter, type Value } from '../payload.js';
import { unique } from '../plugins.js';

const KIB = 1024;
const HOUR = 3_600_000;

/** Rules that run, with one silent source each. */
export async function idleRules(count: number): Promise<Opened> {
  const plugin = tsContender.copy();
  const host = await startHost([plugin]);
  const config = { ...plugin.flood(100), interval: HOUR };
  return {
    async run() {
      const before = held();
      const rules = Array.from({ length: count }, () =>
        host.rule(unique('r'), ({ source }) => source(plugin.source, { config })),
      );
      while (!rules.every(({ status }) => status.phase === 'running')) await pause(10);
      const sample = perItem(held() - before, count);
      await Promise.all(rules.map((rule) => rule.stop()));
      return sample;
    },
    close: () => host.stop(),
  };
}

/** Values that wait for a sink. */
export const waitingForSink = (count: number, bytes: number): Promise<Opened> =>
  waiting(count, bytes, (host, { sink: symbol }, values) =>
    host.rule(unique('r'), ({ sink, stopping$ }) =>
      values
        .pipe(takeUntil(stopping$))
        .subscribe(sink<Value>(symbol, { queue: { size: count, policy: 'drop-newest' } })),
    ),
  );

/** Values that wait for a call. */
export const waitingForCall = (count: number, bytes: number): Promise<Opened> =>
  waiting(count, bytes, (host, { function: symbol }, values) =>
    host.rule(unique('r'), ({ call, stopping$ }) =>
      values.pipe(
        takeUntil(stopping$),
        call(symbol, (value: Value) => [value], { queue: { size: count, policy: 'drop-newest' } }),
      ),
    ),
  );

type Start = (host: Host, plugin: ReturnType<typeof tsContender.copy>, values: Observable<Value>) => Rule;

/** All of them come in one turn of the event loop, and are weighed before it ends: nothing has left by then. */
async function waiting(count: number, bytes: number, start: Start): Promise<Opened> {
  const plugin = tsContender.copy();
  const host = await startHost([plugin]);
  const next = counter(bytes);
  return {
    async run() {
      const values = new Subject<Value>();
      const rule = start(host, plugin, values);
      while (rule.status.phase !== 'running') await pause(10);
      const before = held();
      for (let i = 0; i < count; i += 1) values.next(next());
      const bytesHeld = held() - before;
      const waits = Object.values(rule.ledger().stages).reduce((sum, { inFlight }) => sum + inFlight, 0);
      await rule.stop();
      return perItem(bytesHeld, waits);
    },
    close: () => host.stop(),
  };
}

const perItem = (bytes: number, items: number): Sample => ({ KiB: bytes / KIB, items, 'B each': bytes / items });

/** After a collection: heap, and buffers beside it. */
function held(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
