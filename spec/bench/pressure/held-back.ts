/** A flood into a rule that takes so many tuples a second, or none. */
import { setTimeout as pause } from 'node:timers/promises';
import { firstValueFrom, NEVER, timer } from 'rxjs';
import { mapAsync } from '../../../operators/index.js';
import type { Contender } from '../contenders.js';
import type { Opened } from '../harness.js';
import { startHost } from '../hosts.js';
import type { Value } from '../payload.js';
import { unique } from '../plugins.js';

/** Milliseconds that one tuple takes where any are taken: as many at once as the rate needs. */
const WORK = 10;
/** Until the queue is above its mark, in milliseconds. */
const SETTLE = 2_000;

/** `rate` in tuples a second, a multiple of 100; 0 takes none at all. */
export async function heldBack(contender: Contender, bytes: number, rate: number): Promise<Opened> {
  const plugin = contender.copy();
  const host = await startHost([plugin]);
  return {
    async run(seconds) {
      let [expected, missing] = [-1, 0];
      const count = ({ i }: Value): void => {
        if (expected >= 0) missing += i - expected;
        expected = i + 1;
      };
      const work = (): Promise<unknown> => (rate === 0 ? firstValueFrom(NEVER) : firstValueFrom(timer(WORK)));
      const rule = host.rule(unique('r'), ({ source }) =>
        source<Value>(plugin.source, { config: plugin.flood(bytes) }).pipe(
          mapAsync(
            (value) => {
              count(value);
              return work();
            },
            { concurrency: Math.max(1, (rate * WORK) / 1_000) },
          ),
        ),
      );
      const stages = () => Object.values(rule.ledger().stages);
      const received = (): number => stages().find(({ kind }) => kind === 'source')?.received ?? 0;
      await pause(SETTLE);
      const [before, since] = [received(), performance.now()];
      await pause(Math.max(1, seconds) * 1_000);
      const comes = ((received() - before) / (performance.now() - since)) * 1_000;
      const queue = stages().find(({ kind }) => kind === 'queue');
      const { balanced } = rule.ledger();
      await rule.stop({ flush: false });
      if (!balanced) throw new Error('the ledger does not balance');
      return {
        'comes per s': comes,
        missing: missing,
        dropped: Object.values(queue?.dropped ?? {}).reduce((sum, dropped) => sum + dropped, 0),
        peak: queue?.peak ?? 0,
      };
    },
    close: () => host.stop(),
  };
}
