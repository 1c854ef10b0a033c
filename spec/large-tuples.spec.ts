import { describe, expect, it } from '@jest/globals';
import { concatMap, defer, merge, mergeMap, type Observable, share } from 'rxjs';
import type { Host, Rule, RuleBody, ShareBody } from '../lib/index.js';
import { iterate, mapAsync, queued } from '../operators/index.js';
import { startHost } from './helpers/host.js';
import { pidOf } from './helpers/live-rule.js';
import { newFile } from './helpers/parts.js';
import { scriptedPlugin } from './helpers/scripted-plugin.js';
import { describeWith } from './helpers/toolchains.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';
import { type Language, type Versions, versionsOf } from './helpers/versions.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;
/** What 10,000 tuples of 16 KiB are. */
const CHARACTERS = 10_000 * 16 * KIB;

const never = (): Promise<never> => new Promise(() => undefined);

/** A host, a source that floods it with tuples of so many bytes, and rules over it. */
async function flooded(language: Language, size: number) {
  const versions: Versions = versionsOf(language);
  const host = await startHost(versions.options);
  await host.plugins.install(versions.version('v1'));
  const config = { flood: true, size };
  const rule = (body: RuleBody): Rule => host.rule(unique('r'), body, { restart: 'never' });
  return { host, rule, named: [versions.source, { config }] as const };
}

const stageOf = (rule: Rule, start: string) =>
  Object.entries(rule.ledger().stages).find(([key]) => key.startsWith(start))?.[1];

/** No stage of `starts` has held more than `most`, and each has dropped the others. */
async function bounded(rule: Rule, starts: readonly string[], most: number): Promise<void> {
  const dropped = (start: string): number => stageOf(rule, start)?.dropped['overflow'] ?? 0;
  await until(() => starts.every((start) => dropped(start) > 0), 'each is full', 45_000);
  for (const start of starts) expect(stageOf(rule, start)?.peak).toBe(most);
  expect(rule.ledger().balanced).toBe(true);
}

async function ended(rule: Rule): Promise<void> {
  await rule.stop({ flush: false });
  expect(rule.ledger().balanced).toBe(true);
}

for (const language of ['go', 'python'] as const)
  describeWith(language, `a flood of 960 KiB from ${language}, at full speed`, () => {
    it('is bounded by what it takes of the memory', async () => {
      const { rule, named } = await flooded(language, 960 * KIB);
      const before = process.memoryUsage().rss;
      const stuck = rule(({ source }) => source(...named).pipe(mapAsync(never, { high: Infinity })));
      await bounded(stuck, ['queue mapAsync'], Math.floor(10_000 / 61));
      await ended(stuck);
      expect(process.memoryUsage().rss - before).toBeLessThan(4 * CHARACTERS);
    });

    it('is bounded by the count that was asked for alone', async () => {
      const { rule, named } = await flooded(language, 960 * KIB);
      const stuck = rule(({ source }) => source(...named).pipe(mapAsync(never, { size: 200, high: Infinity })));
      await bounded(stuck, ['queue mapAsync'], 200);
      await ended(stuck);
    });
  });

describe('a source of 32 MiB that can not wait', () => {
  const source = { interval: 1, pad: 32 * MIB };
  /** Each has a little more than 2,048 times 16 KiB. */
  const most = Math.floor(10_000 / 2_049);

  async function started() {
    const [flooder, stuck] = [scriptedPlugin(), scriptedPlugin()];
    const host = await startHost();
    await host.plugins.install(flooder.dir);
    const pid = pidOf(await host.plugins.install(stuck.dir));
    return { host, pid, named: [flooder.symbol('count'), { config: source }] as const, symbol: stuck.symbol };
  }

  it('fills no queue of its rule beyond the bound', async () => {
    const { host, pid, named, symbol } = await started();
    const loop = async (tuples: Observable<unknown>): Promise<void> => {
      for await (const _ of iterate(tuples, { policy: 'drop-newest' })) await never();
    };
    const rule = host.rule(unique('r'), ({ source, call, sink }) => {
      const tuples = source(...named).pipe(share());
      void loop(tuples);
      const acked = { requireAck: true, ackTimeout: Infinity, config: { path: newFile() } };
      return [
        tuples.pipe(mapAsync(never)),
        tuples.pipe(queued(concatMap(never))),
        tuples.pipe(call(symbol('mute'), () => [1])),
        tuples.subscribe(sink(symbol('file'), acked)),
      ];
    });
    await until(() => stageOf(rule, 'source')?.received, 'it flows');
    process.kill(pid, 'SIGSTOP');
    try {
      await bounded(rule, ['queue mapAsync', 'queue queued', 'queue iterate', 'call', 'sink'], most);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await ended(rule);
  });

  it('nor the queue of a rule that shares it', async () => {
    const { host, named } = await started();
    const tuples = host.share(unique('s'), ({ source }) => source(...named));
    const rule = host.rule(unique('r'), () => tuples.pipe(mapAsync(never)));
    await bounded(rule, ['share'], most);
    await ended(rule);
  });

  type Body = ShareBody<unknown>;
  type Shares = (host: Host, body: Body) => Body;
  const own: Shares = (_, body) => body;
  const shared: Shares = (host, body) => () => host.share(unique('s'), body);

  it.each<[string, Shares, Shares]>([
    ['in a rule', own, own],
    ['in a share', shared, own],
    ['of a share', own, shared],
  ])('takes no room from the small ones of another source: %s', async (_, sharesBoth, sharesSmall) => {
    const { host, named } = await started();
    const [name, { config }] = named;
    const small = sharesSmall(host, ({ source }) => source(name, { config: { burst: 100 } }));
    const both = sharesBoth(host, (context) => {
      const one = context.source(name, { config: { ...config, count: 1 } }).pipe(share());
      return merge(one, one.pipe(mergeMap(() => defer(() => small(context)))));
    });
    const rule = host.rule(unique('r'), (context) => both(context).pipe(mapAsync(never, { high: Infinity })));
    await until(() => (stageOf(rule, 'queue mapAsync')?.peak ?? 0) > 2_000, 'they wait');
    expect(stageOf(rule, 'queue mapAsync')?.dropped).toEqual({});
    await ended(rule);
  });
});
