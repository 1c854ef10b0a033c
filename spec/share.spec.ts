import { describe, expect, it } from '@jest/globals';
import { concatMap, firstValueFrom, ignoreElements, NEVER, type OperatorFunction, tap, timer } from 'rxjs';
import type { Host, LedgerStage, Pace, Rule, RuleEvent, Shared } from '../lib/index.js';
import { mapAsync } from '../operators/index.js';
import { startHost } from './helpers/host.js';
import { watchLedger } from './helpers/ledger-watch.js';
import { linesOf } from './helpers/lines.js';
import { pidOf } from './helpers/live-rule.js';
import { type Counted, newFile, statusOf } from './helpers/parts.js';
import { shareOf } from './helpers/sharing.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';
import { eachLanguage, type Language, versionsOf } from './helpers/versions.js';

/** As fast as it can. */
const flood = (language: Language): Readonly<Record<string, unknown>> =>
  language === 'node' ? { interval: 0 } : { flood: true };

/** So many values are worked on at a time, 5 ms each. */
const slowly = (concurrency: number): OperatorFunction<Counted, unknown> =>
  mapAsync(() => firstValueFrom(timer(5)), { concurrency });

/** A rule that remembers what it takes, in order. */
function taker(host: Host, shared: Shared<Counted>, work: OperatorFunction<Counted, unknown> = ignoreElements()) {
  const seen: number[] = [];
  const rule = host.rule(unique('r'), () =>
    shared.pipe(
      tap(({ i }) => seen.push(i)),
      work,
    ),
  );
  return { rule, seen };
}

const sourceOf = (shared: Shared<unknown>): LedgerStage | undefined =>
  Object.values(shared.ledger().stages).find(({ kind }) => kind === 'source');

const lossless = (of: Pick<Rule, 'ledger'>): void => {
  const { stages, balanced } = of.ledger();
  expect(balanced).toBe(true);
  for (const { dropped, failed, inFlight } of Object.values(stages))
    expect([dropped, failed, inFlight]).toEqual([{}, {}, 0]);
};

/** One count, or several one after the other, each from 0 on without a gap. */
const countsOf = (seen: readonly number[]): readonly number[] => {
  const starts = seen.flatMap((i, at) => (i === 0 ? [at] : []));
  const counts = starts.map((start, n) => seen.slice(start, starts[n + 1]));
  for (const count of counts) expect(count).toEqual([...count.keys()]);
  return counts.map(({ length }) => length);
};

eachLanguage(
  (language) => `a source that rules share, in ${language}`,
  (language) => {
    async function sharedBy(config: Readonly<Record<string, unknown>>) {
      const versions = versionsOf(language);
      const host = await startHost({ ...versions.options, flushTimeout: 20_000 });
      const plugin = await host.plugins.install(versions.version('v1'));
      const name = unique('s');
      const shared = host.share<Counted>(name, ({ source }) => source<Counted>(versions.source, { config }));
      return { versions, host, plugin, shared };
    }

    it('runs once, and its flood waits for the slowest of them: nobody loses or misses a value', async () => {
      const { versions, host, plugin, shared } = await sharedBy(flood(language));
      const events: RuleEvent[] = [];
      shared.events$.subscribe((event) => events.push(event));
      const slow = taker(host, shared, slowly(20));
      const all = [slow, taker(host, shared), taker(host, shared)];
      await until(() => (sourceOf(shared)?.pauses ?? 0) >= 3 && slow.seen.length > 2_500, 'it is paused, and flows');
      expect(plugin.symbols).toEqual([{ kind: 'source', symbol: versions.source, ruleId: shared.name }]);
      expect(events).toContainEqual(expect.objectContaining({ type: 'paused', symbol: `rule ${slow.rule.id}` }));
      const { peak } = shareOf(slow.rule, shared) ?? {};
      // Asked for each value: the one that rises above the mark is the last, where the source waits.
      if (language === 'node') expect(peak).toBe(1_001);
      else expect(peak).toBeGreaterThan(1_000);

      const stopping = host.stop();
      expect(await watchLedger(slow.rule, () => slow.rule.closed)).toEqual([]);
      await stopping;
      for (const { rule, seen } of all) {
        lossless(rule);
        expect(seen).toEqual([...seen.keys()]);
        expect(seen).toHaveLength(sourceOf(shared)?.received ?? -1);
      }
      lossless(shared);
      expect(plugin.symbols).toEqual([]);
    }, 30_000);

    it('outlives its process and its version, for all of them alike', async () => {
      const { versions, host, plugin, shared } = await sharedBy({ interval: 2 });
      const all = [taker(host, shared), taker(host, shared)];
      const flows = async (): Promise<void> => {
        const before = all.map(({ seen }) => seen.length);
        await until(() => all.every(({ seen }, n) => seen.length > (before[n] ?? 0) + 30), 'values flow');
      };
      await flows();
      const phases: string[] = [];
      all[0]?.rule.status$.subscribe((status) => phases.push(status.phase));
      await host.plugins.update(versions.name, versions.version('v2'));
      await flows();
      expect(phases).toEqual(['running']);
      expect(countsOf(all[0]?.seen ?? [])).toHaveLength(2);

      process.kill(pidOf(plugin), 'SIGKILL');
      await statusOf(all[1]?.rule as Rule, 'waiting');
      expect(all[1]?.rule.status).toMatchObject({ on: [`share ${shared.name}`] });
      await flows();
      expect(phases).toEqual(['running', 'waiting', 'running']);
      await host.stop();
      expect(countsOf(all[0]?.seen ?? [])).toHaveLength(3);
      expect(all[1]?.seen).toEqual(all[0]?.seen);
      for (const { rule } of all) lossless(rule);
      lossless(shared);
    }, 30_000);
  },
);

describe('a source in TypeScript that rules share', () => {
  async function flooded(pace: Pace, size: number) {
    const versions = versionsOf('node');
    const host = await startHost();
    const plugin = await host.plugins.install(versions.version('v1'));
    const shared = host.share<Counted>(
      unique('s'),
      ({ source }) => source<Counted>(versions.source, { config: { interval: 0 } }),
      { pace, queue: { size, policy: 'drop-newest' } },
    );
    return { host, plugin, shared };
  }

  it('never waits for the slower ones at the pace of the fastest: these lose by their policy, counted', async () => {
    const { host, shared } = await flooded('fastest', 2_000);
    const [slow, fast] = [taker(host, shared, slowly(1)), taker(host, shared)];
    await until(() => (shareOf(slow.rule, shared)?.dropped['overflow'] ?? 0) > 5_000, 'the slow one loses');
    expect(sourceOf(shared)?.pauses).toBe(0);
    slow.rule.unsubscribe();
    await fast.rule.stop();
    lossless(fast.rule);
    expect(fast.seen).toEqual([...fast.seen.keys()]);
    expect(fast.seen).toHaveLength(sourceOf(shared)?.received ?? -1);
    expect(shareOf(slow.rule, shared)?.peak).toBe(2_000);
    expect(slow.rule.ledger().balanced).toBe(true);
  });

  it('waits at the pace of the fastest, too, when that one is behind', async () => {
    const { host, shared } = await flooded('fastest', 2_000);
    const both = [taker(host, shared, slowly(20)), taker(host, shared, slowly(20))];
    await until(() => (sourceOf(shared)?.pauses ?? 0) >= 2, 'it is paused');
    await Promise.all(both.map(({ rule }) => rule.stop({ flush: false })));
    for (const { rule, seen } of both) {
      expect(seen).toEqual([...seen.keys()]);
      expect([shareOf(rule, shared)?.dropped['overflow'], rule.ledger().balanced]).toEqual([undefined, true]);
    }
  });

  it.each<[Pace, string]>([
    ['fastest', 'somebody comes who is not behind'],
    ['slowest', 'the one that was behind goes'],
  ])('flows again at the pace of the %s when %s', async (pace) => {
    const { host, shared } = await flooded(pace, 2_000);
    const stuck = taker(
      host,
      shared,
      mapAsync(() => NEVER, { concurrency: 1 }),
    );
    if (pace === 'slowest') taker(host, shared);
    await until(() => sourceOf(shared)?.pauses === 1, 'it is paused');
    const stood = sourceOf(shared)?.received ?? 0;
    if (pace === 'fastest') taker(host, shared);
    else stuck.rule.unsubscribe();
    await until(() => (sourceOf(shared)?.received ?? 0) > stood + 10_000, 'it flows');
    await stuck.rule.stop({ flush: false });
    expect(stuck.rule.ledger().balanced).toBe(true);
  });

  it('goes on without a gap for the others when one stops, fails or comes again', async () => {
    const { host, shared } = await flooded('slowest', 2_000);
    const stays = taker(host, shared, slowly(40));
    const stops = taker(host, shared);
    const fails = host.rule(
      unique('r'),
      () =>
        shared.pipe(
          concatMap(({ i }, n) => {
            if (n === 50) throw new Error(`enough at ${i}`);
            return [];
          }),
        ),
      { restart: { delay: 5, maxDelay: 5, attempts: Infinity } },
    );
    let failures = 0;
    fails.status$.subscribe(({ phase }) => (failures += phase === 'restarting' ? 1 : 0));
    await until(() => failures >= 5 && stops.seen.length > 500, 'it fails again and again');
    await stops.rule.stop();
    lossless(stops.rule);
    expect(stops.seen).toEqual([...stops.seen.keys()]);
    const late = taker(host, shared);
    await until(() => late.seen.length > 500, 'who comes later gets values');
    fails.unsubscribe();
    await host.stop();
    expect(fails.ledger().balanced).toBe(true);
    expect(stays.seen).toEqual([...stays.seen.keys()]);
    expect(late.seen).toEqual([...late.seen.keys()].map((n) => n + (late.seen[0] ?? 0)));
    expect(late.seen.at(-1)).toBe(stays.seen.at(-1));
    lossless(stays.rule);
  });

  it('is read to its end for the sinks of all when the host stops', async () => {
    const versions = versionsOf('node');
    const host = await startHost();
    await host.plugins.install(versions.version('v1'));
    const shared = host.share<Counted>(unique('s'), ({ source, call }) =>
      source<Counted>(versions.source, { config: { interval: 0 } }).pipe(
        call(
          versions.echo,
          ({ i }) => [i],
          (_, i: number) => ({ i }),
        ),
      ),
    );
    const files = [newFile(), newFile(), newFile()];
    const rules = files.map((path) =>
      host.rule(unique('r'), ({ sink }) => shared.subscribe(sink(versions.file, { config: { path } }))),
    );
    await until(() => files.every((path) => linesOf(path).length > 1_000), 'it flows');
    await host.stop();
    for (const of of [shared, ...rules]) lossless(of);
    for (const path of files) {
      const lines = linesOf(path).map((line) => (line as Counted).i);
      expect(lines).toEqual([...lines.keys()]);
      expect(lines).toHaveLength(sourceOf(shared)?.received ?? -1);
    }
  });
});
