import { expect, it } from '@jest/globals';
import { firstValueFrom, tap, timer } from 'rxjs';
import type { Overflow, Rule, RuleEvent } from '../lib/index.js';
import { mapAsync } from '../operators/index.js';
import { startHost } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { pidOf } from './helpers/live-rule.js';
import { newFile } from './helpers/parts.js';
import { scriptedPlugin } from './helpers/scripted-plugin.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';
import { eachLanguage, type Language, versionsOf } from './helpers/versions.js';

interface Counted {
  readonly i: number;
}

/** As fast as it can. */
const flood = (language: Language): Readonly<Record<string, unknown>> =>
  language === 'node' ? { interval: 0 } : { flood: true };

/** The stage whose key begins so. */
const stageOf = (rule: Rule, start: string) =>
  Object.entries(rule.ledger().stages).find(([key]) => key.startsWith(start))?.[1];

eachLanguage(
  (language) => `a source that floods its rule, in ${language}`,
  (language) => {
    async function flooded(options: Partial<Overflow>, work: () => Promise<unknown>, concurrency: number) {
      const versions = versionsOf(language);
      const host = await startHost(versions.options);
      await host.plugins.install(versions.version('v1'));
      const events: RuleEvent['type'][] = [];
      let [next, gaps] = [0, 0];
      const rule = host.rule(unique('r'), ({ source }) =>
        source<Counted>(versions.source, { config: flood(language) }).pipe(
          tap(({ i }) => {
            if (i !== next) gaps += 1;
            next = i + 1;
          }),
          mapAsync(work, { concurrency, ...options }),
        ),
      );
      rule.events$.subscribe(({ type }) => events.push(type));
      return { rule, events, seen: () => next, gaps: () => gaps };
    }

    it('waits for it, and nothing is lost', async () => {
      const { rule, events, seen, gaps } = await flooded({}, () => firstValueFrom(timer(5)), 20);
      await until(() => (stageOf(rule, 'source')?.pauses ?? 0) >= 3 && seen() > 3_000, 'it is paused, and flows');
      expect(gaps()).toBe(0);
      expect(events).toContain('paused');
      await rule.stop({ timeout: 20_000 });
      const { stages, balanced } = rule.ledger();
      expect(balanced).toBe(true);
      for (const { dropped, failed } of Object.values(stages)) expect([dropped, failed]).toEqual([{}, {}]);
      expect(gaps()).toBe(0);
      expect(stageOf(rule, 'queue')).toMatchObject({ name: 'mapAsync', inFlight: 0 });
    });

    it('comes without a gap while nobody takes it, or waits', async () => {
      const { rule, gaps } = await flooded({}, () => new Promise(() => undefined), 1);
      const received = (): number => stageOf(rule, 'source')?.received ?? 0;
      await until(() => (stageOf(rule, 'source')?.pauses ?? 0) > 0, 'it is paused');
      const before = received();
      if (language !== 'node') await until(() => received() > before + 1_000, 'some gulps have come');
      expect(gaps()).toBe(0);
      await rule.stop({ flush: false });
      expect(rule.ledger().balanced).toBe(true);
    });

    it('is taken to its end when the rule stops, whatever is under way', async () => {
      // Of the stock SDKs a gulp is more than this queue holds.
      const size = language === 'node' ? 100 : 2_000;
      const queue = { size, policy: 'drop-newest' } as const;
      const { rule, gaps } = await flooded(queue, () => firstValueFrom(timer(5)), 60);
      await until(() => (stageOf(rule, 'source')?.pauses ?? 0) >= 3, 'it is paused');
      await rule.stop({ timeout: 20_000 });
      const { stages, balanced } = rule.ledger();
      expect(balanced).toBe(true);
      for (const { dropped, failed } of Object.values(stages)) expect([dropped, failed]).toEqual([{}, {}]);
      expect(gaps()).toBe(0);
    });

    it('loses by the policy of the queue what it can not hold back, counted', async () => {
      const { rule } = await flooded({ size: 100, policy: 'drop-newest' }, () => new Promise(() => undefined), 1);
      const isPatient = language === 'node';
      await until(
        () => (stageOf(rule, isPatient ? 'source' : 'queue')?.[isPatient ? 'pauses' : 'peak'] ?? 0) > 0,
        'it waits',
      );
      if (!isPatient) await until(() => (stageOf(rule, 'queue')?.dropped['overflow'] ?? 0) > 0, 'the queue is full');
      const { peak = 0, dropped = {} } = stageOf(rule, 'queue') ?? {};
      expect(peak).toBeLessThanOrEqual(100);
      // Asked for each tuple: the one that rises above the mark is the last.
      if (isPatient) expect([peak, dropped]).toEqual([76, {}]);
      await rule.stop({ flush: false });
      expect(rule.ledger().balanced).toBe(true);
    });
  },
);

it('a sink that stops reading holds the source of another plugin back, until it reads again', async () => {
  const [flooder, { dir, symbol }] = [versionsOf('node'), scriptedPlugin()];
  const host = await startHost();
  await host.plugins.install(flooder.version('v1'));
  const pid = pidOf(await host.plugins.install(dir));
  const path = newFile();
  const rule = host.rule(unique('r'), ({ source, sink }) =>
    source<Counted>(flooder.source, { config: flood('node') }).subscribe(sink(symbol('file'), { config: { path } })),
  );
  await until(() => (stageOf(rule, 'sink')?.passed ?? 0) > 100, 'it flows');
  process.kill(pid, 'SIGSTOP');
  const count = (): number => stageOf(rule, 'source')?.received ?? 0;
  try {
    await until(() => (stageOf(rule, 'sink')?.peak ?? 0) > 1_000, 'the source waits');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const stood = count();
  await until(() => count() > stood + 5_000, 'it flows again');
  // Asked for each tuple: the one that rises above the mark is the last.
  expect(stageOf(rule, 'sink')?.peak).toBe(1_001);
  await rule.stop({ timeout: 20_000 });
  const { stages, balanced } = rule.ledger();
  expect(balanced).toBe(true);
  for (const { dropped, failed } of Object.values(stages)) expect([dropped, failed]).toEqual([{}, {}]);
  const numbers = linesOf(path).map((line) => (line as Counted).i);
  expect(numbers).toEqual(Array.from({ length: stageOf(rule, 'source')?.received ?? 0 }, (_, i) => i));
});
