/** A flood into a rule that takes so many tuples a second, or none. */
import { setTimeout as pause } from 'node:timers/promises';
import { firstValueFrom, NEVER, tap, timer } from 'rxjs';
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
/** Ten gulps of a source that can not wait: what comes depends on how many of them there were. */
const LEAST = 4_000;

/** `rate` in tuples a second, a multiple of 100; 0 takes none at all. */
export async function heldBack(contender: Contender, bytes: number, rate: number): Promise<Opened> {
  const plugin = contender.copy();
  const host = await startHost([plugin]);
  return {
    async run(seconds) {
      let [expected, missing] = [-1, 0];
      const count = ({ i }: Value): void => {
        // Either way: a source that died of the wait counts from 0 again.
        if (expected >= 0) missing += Math.abs(i - expected);
        expected = i + 1;
      };
      const work = (): Promise<unknown> => (rate === 0 ? firstValueFrom(NEVER) : firstValueFrom(timer(WORK)));
      const rule = host.rule(unique('r'), ({ source }) =>
        source<Value>(plugin.source, { config: plugin.flood(bytes) }).pipe(
          // Where it comes in: most of it is not taken before the end.
          tap(count),
          mapAsync(work, { concurrency: Math.max(1, (rate * WORK) / 1_000) }),
        ),
      );
      const stages = () => Object.values(rule.ledger().stages);
      const received = (): number => stages().find(({ kind }) => kind === 'source')?.received ?? 0;
      await pause(SETTLE);
      const waits = (): number => stages().find(({ kind }) => kind === 'queue')?.inFlight ?? 0;
      const [came, waited, since] = [received(), waits(), performance.now()];
      await pause(Math.max(LEAST, seconds * 1_000));
      const perSecond = (count: number): number => (count / (performance.now() - since)) * 1_000;
      const [comes, more] = [perSecond(received() - came), perSecond(waits() - waited)];
      const queue = stages().find(({ kind }) => kind === 'queue');
      const { balanced } = rule.ledger();
      await rule.stop({ flush: false });
      if (!balanced) throw new Error('the ledger does not balance');
      return {
        'comes per s': comes,
        'waits more per s': more,
        missing,
        dropped: Object.values(queue?.dropped ?? {}).reduce((sum, dropped) => sum + dropped, 0),
        peak: queue?.peak ?? 0,
      };
    },
    close: () => host.stop(),
  };
}
