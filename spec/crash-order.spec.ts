import { expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { filter, firstValueFrom, skip } from 'rxjs';
import { mapAsync } from '../operators/index.js';
import { startHost } from './helpers/host.js';
import { pidOf } from './helpers/live-rule.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';
import { eachLanguage, versionsOf } from './helpers/versions.js';

const KILLS = 3;
/** Held back is a source while more than `low` wait; what a gulp of a stock one brings goes into the queue too. */
const overflow = { size: 1_000_000, high: 101, low: 100 };

/**
 * Where a value has come that is neither of those after the last nor the first of a process. The stock SDKs drop one that
 * they can not send within a second, which a busy machine may bring about; ours sends each.
 */
const jumps = (seen: readonly number[], { each }: { readonly each: boolean }): readonly string[] =>
  seen.flatMap((i, at) => {
    const last = seen[at - 1] ?? -1;
    return i === 0 || (each ? i === last + 1 : i > last) ? [] : [`${last} -> ${i}`];
  });

eachLanguage(
  (language) => `a source that is killed while its rule holds it back, in ${language}`,
  (language) => {
    it('is read to its end before the process that follows, each time', async () => {
      const versions = versionsOf(language);
      const host = await startHost(versions.options);
      const plugin = await host.plugins.install(versions.version('v1'));
      const seen: number[] = [];
      let [starts, gate] = [0, Promise.resolve()];
      const config = language === 'node' ? { interval: 0 } : { flood: true };
      const rule = host.rule(unique('r'), ({ source }) =>
        source<{ readonly i: number }>(versions.source, { config }).pipe(
          mapAsync(async ({ i }) => {
            seen.push(i);
            if (i === 0) starts += 1;
            await turn();
            await gate;
          }, overflow),
        ),
      );
      const waiting = (): number =>
        Object.values(rule.ledger().stages).find(({ kind }) => kind === 'queue')?.inFlight ?? 0;
      for (let kill = 1; kill <= KILLS; kill += 1) {
        await until(() => starts === kill && (seen.at(-1) ?? 0) > 500, 'it flows');
        let open = (): void => undefined;
        gate = new Promise((resolve) => (open = resolve));
        await until(() => waiting() > overflow.low, 'the source is held back');
        const again = firstValueFrom(
          rule.status$.pipe(
            skip(1),
            filter(({ phase }) => phase === 'running'),
          ),
        );
        process.kill(pidOf(plugin), 'SIGKILL');
        await again;
        open();
      }
      await until(() => starts > KILLS && (seen.at(-1) ?? 0) > 500, 'the last one is read');
      // What waits is worked off a value each turn, which a busy machine may need more than the usual five seconds for.
      await rule.stop({ timeout: 30_000 });
      expect(jumps(seen, { each: language === 'node' })).toEqual([]);
      expect(starts).toBe(KILLS + 1);
      const { stages, balanced } = rule.ledger();
      expect(balanced).toBe(true);
      for (const { dropped, failed } of Object.values(stages)) expect([dropped, failed]).toEqual([{}, {}]);
    });
  },
);
