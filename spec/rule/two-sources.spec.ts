import { describe, expect, it } from '@jest/globals';
import { defer, firstValueFrom, from, Subject, tap } from 'rxjs';
import type { RuleContext, RuleEvent } from '../../lib/index.js';
import { RunningRule } from '../../lib/rule/running-rule.js';
import { iterate, mapAsync, type StageOptions } from '../../operators/index.js';
import { collectedLog } from '../helpers/collected-log.js';
import { HandClock } from '../helpers/hand-clock.js';
import { startHost } from '../helpers/host.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { versionsOf } from '../helpers/versions.js';

interface Counted {
  readonly i: number;
}

async function started() {
  const versions = versionsOf('node');
  const host = await startHost(versions.options);
  await host.plugins.install(versions.version('v1'));
  const both = ({ source }: RuleContext) => ({
    fast: source<Counted>(versions.source, { config: { interval: 0 } }),
    slow: source<Counted>(versions.source, { config: { interval: 20 } }),
  });
  return { host, both };
}

/** What comes at once is more than waits, and the newest is as good. */
const free: StageOptions = { high: Infinity, size: 500, policy: 'drop-oldest' };

describe('a rule that waits for one of its sources while another one floods it', () => {
  it('runs where the loop leaves the sources alone', async () => {
    const { host, both } = await started();
    const pairs: [number, number][] = [];
    const rule = host.rule(unique('r'), (context) => {
      const { fast, slow } = both(context);
      const others = iterate(slow, free);
      async function* loop() {
        for await (const one of iterate(fast, free)) {
          const { value, done } = (await others.next()) as IteratorResult<Counted, undefined>;
          if (done === true) return;
          pairs.push([one.i, value.i]);
          yield one;
        }
      }
      return defer(() => from(loop()));
    });
    await until(() => pairs.length > 30, 'it goes on');
    expect(pairs.slice(0, 30).map(([, i]) => i)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    await rule.stop();
    const { stages, balanced } = rule.ledger();
    expect(balanced).toBe(true);
    const sources = Object.values(stages).filter(({ kind }) => kind === 'source');
    expect(sources.map(({ pauses }) => pauses)).toEqual([0, 0]);
    expect(stages['queue iterate']?.dropped['overflow']).toBeGreaterThan(0);
  });

  it('runs where the project leaves the sources alone', async () => {
    const { host, both } = await started();
    let count = 0;
    const rule = host.rule(unique('r'), (context) => {
      const { fast, slow } = both(context);
      return fast.pipe(
        mapAsync(() => firstValueFrom(slow), free),
        tap(() => (count += 1)),
      );
    });
    await until(() => count > 5, 'it goes on');
    await rule.stop({ flush: false });
    expect(rule.ledger().balanced).toBe(true);
  });

  it('is told of in its events and in the log when it stands still', () => {
    const { log, warnings } = collectedLog();
    const clock = new HandClock();
    const events: RuleEvent['type'][] = [];
    const values = new Subject<number>();
    const over = Promise.resolve();
    const source = {
      pause: () => undefined,
      resume: () => undefined,
      stop: () => ({ read: over, ended: over }),
      complete: () => undefined,
    };
    const rule = new RunningRule(
      {
        id: 'pairs',
        body: () => values.pipe(mapAsync(() => new Promise(() => undefined), { high: 1, name: 'pair' })),
        options: {},
      },
      {
        clock,
        log,
        opId: () => 'o',
        context: (run) => {
          run.running(source);
          return {} as RuleContext;
        },
      },
    );
    rule.events$.subscribe(({ type }) => events.push(type));
    rule.start();
    for (const n of [1, 2, 3]) values.next(n);
    clock.advance(120_000);
    rule.unsubscribe();

    expect(events.filter((type) => type !== 'status')).toEqual(['paused', 'stalled']);
    expect(warnings).toEqual([expect.stringMatching(/^rule pairs: pair holds 3 values, .*give it high: Infinity$/)]);
  });
});
