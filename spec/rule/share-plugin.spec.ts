import { expect, it } from '@jest/globals';
import { firstValueFrom, take, tap, timer } from 'rxjs';
import type { Rule, Shared } from '../../lib/index.js';
import { mapAsync } from '../../operators/index.js';
import { none } from '../helpers/none.js';
import { type Counted, statusOf } from '../helpers/parts.js';
import { commandsTo } from '../helpers/scripted-plugin.js';
import { shareOf } from '../helpers/sharing.js';
import { sharedHost } from '../helpers/shared-host.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();

/** A share of a source that counts. */
const counted = (config: object = {}): Shared<Counted> =>
  shared.host.share(unique('s'), ({ source }) => source<Counted>(shared.symbol('count'), { config: { ...config } }));

/** What its plugin was told for a share. */
const toldFor = ({ name }: Shared<unknown>): readonly string[] =>
  commandsTo(shared.plugin.dir)
    .filter(({ meta }) => meta.ruleId === name)
    .map(({ cmd }) => cmd);

/** A rule that takes all, and what it has taken. */
function taker(values: Shared<Counted>): { readonly rule: Rule; readonly seen: number[] } {
  const seen: number[] = [];
  return { rule: shared.rule(() => values.pipe(tap(({ i }) => seen.push(i)))), seen };
}

it('one copy of the source runs for three rules, from the first that comes to the last that goes', async () => {
  const values = counted();
  expect(toldFor(values)).toEqual([]);
  const rules = [taker(values), taker(values), taker(values)];
  await until(() => rules.every(({ seen }) => seen.length > 10), 'values flow');
  expect(toldFor(values)).toEqual(['start']);
  await rules[0]?.rule.stop();
  rules[1]?.rule.unsubscribe();
  await rules[1]?.rule.done;
  expect(toldFor(values)).toEqual(['start']);
  await rules[2]?.rule.stop();
  expect(toldFor(values)).toEqual(['start', 'stop']);

  const again = taker(values);
  await until(() => again.seen.length > 10, 'values flow again');
  expect(toldFor(values)).toEqual(['start', 'stop', 'start']);
  expect(again.seen[0]).toBe(0);
  again.rule.unsubscribe();
  await again.rule.done;
  expect(toldFor(values)).toEqual(['start', 'stop', 'start', 'stop']);
  expect(values.ledger()).toMatchObject({ balanced: true });
});

it('a rule that stops last has all that the source has sent', async () => {
  const values = counted({ burst: 50 });
  const [first, last] = [taker(values), taker(values)];
  await until(() => last.seen.length > 1_000, 'values flow');
  await first.rule.stop();
  expect(await last.rule.stop()).toEqual({ drained: true, dropped: {} });
  const source = values.ledger().stages[`source ${shared.symbol('count')}`];
  expect(last.seen).toEqual([...Array(source?.received).keys()]);
  expect(first.seen).toEqual([...Array(shareOf(first.rule, values)?.received).keys()]);
});

it('what nobody takes any longer is counted in the share', async () => {
  const values = counted({ burst: 500 });
  const { rule, seen } = taker(values);
  await until(() => seen.length > 1_000, 'values flow');
  const passed = (): number => values.ledger().stages[`source ${shared.symbol('count')}`]?.passed ?? 0;
  rule.unsubscribe();
  const before = passed();
  await rule.done;
  expect([passed(), values.ledger().balanced, values.status.phase]).toEqual([before, true, 'stopped']);
});

it('a source that completes ends its rules; one that is refused fails them, until it is not', async () => {
  const ends = counted({ count: 20, then: 'complete' });
  const both = [taker(ends), taker(ends)];
  for (const { rule, seen } of both) {
    expect((await rule.done).phase).toBe('completed');
    expect(seen).toEqual([...Array(20).keys()]);
  }
  const refused = counted({ refuse: 'not now' });
  const fails = taker(refused);
  expect(await statusOf(fails.rule, 'restarting')).toMatchObject({ error: { code: 'ERR_SYMBOL_REFUSED' } });
  expect(refused.status).toMatchObject({ phase: 'failed', error: { code: 'ERR_SYMBOL_REFUSED' } });
  fails.rule.unsubscribe();
});

it('a rule that takes a few leaves it to the others', async () => {
  const values = counted();
  const [few, all] = [shared.rule(() => values.pipe(take(3))), taker(values)];
  expect((await few.done).phase).toBe('completed');
  const { length } = all.seen;
  await until(() => all.seen.length > length + 10, 'values flow');
  expect(shareOf(few, values)).toMatchObject({ received: 3, passed: 3, dropped: none });
  await all.rule.stop();
  expect(all.seen).toEqual([...all.seen.keys()]);
});

it('large values fill the queues of a rule as those of a source of its own would', async () => {
  // One of them counts for ten.
  const values = counted({ burst: 20, meta: { pad: 'x'.repeat(163_840) } });
  const slow = (): Rule =>
    shared.rule(() => values.pipe(mapAsync(() => firstValueFrom(timer(200)), { concurrency: 1 })));
  const { rule: quick } = taker(values);
  // The second one comes when they are known to be large.
  for (let n = 0; n < 2; n += 1) {
    const running = slow();
    await until(() => (shareOf(running, values)?.pauses ?? 0) > 0, 'it is held back');
    expect(running.ledger().stages['queue mapAsync']?.peak).toBeLessThan(110);
    running.unsubscribe();
    await running.done;
  }
  quick.unsubscribe();
  await quick.done;
});
