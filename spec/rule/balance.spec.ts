import { describe, expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { share } from 'rxjs';
import type { Overflow, Rule } from '../../lib/index.js';
import { stopBalanced, watchLedger } from '../helpers/ledger-watch.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, partsOf } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';

const shared = sharedHost();
const { echo, file } = partsOf(shared);
const isOdd = (value: unknown): value is { i: number } => (value as { i: number }).i % 10 !== 3;
const Odd = new t.Type<{ i: number }>(
  'Odd',
  isOdd,
  (value, context) => (isOdd(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);
/** Nothing is paced: queues are to run over. */
const queue: Overflow = { size: 64, policy: 'drop-oldest', high: Infinity };

/** A flood through every kind of stage, with decode errors, full queues and a slow branch. */
const flood = (path: string): Rule =>
  shared.rule(
    (context) => {
      const values = context
        .source(shared.symbol('count'), { config: { burst: 100, interval: 1 }, decode: Odd })
        .pipe(share());
      return [
        values.pipe(echo(context, { queue, concurrency: 2 })).subscribe(file(context, path, { queue })),
        values.pipe(context.call(shared.symbol('slow'), () => [1], { order: 'completion', queue, timeout: 3 })),
        values.pipe(
          context.call(shared.symbol('fail'), ({ i }) => [i], { queue: { ...queue, size: 8, policy: 'drop-newest' } }),
        ),
        values.subscribe(file(context, newFile(), { requireAck: true, queue, config: { acks: ['ok', 'no'] } })),
      ];
    },
    { restart: { delay: 20, maxDelay: 20, attempts: Infinity } },
  );

/** Done once the source has sent `counts.at(-1)` tuples; `act` at each of the counts before. */
function progress(rule: Rule, counts: readonly number[], act: () => void): () => boolean {
  const left = [...counts];
  return () => {
    if ((rule.ledger().stages[`source ${shared.symbol('count')}`]?.received ?? 0) < (left[0] ?? 0)) return false;
    left.shift();
    if (left.length > 0) act();
    return left.length === 0;
  };
}

/** Which reasons have come up, for what was dropped and for what failed. */
const reasonsOf = (rule: Rule): readonly string[] =>
  Object.values(rule.ledger().stages).flatMap(({ dropped, failed }) => Object.keys({ ...dropped, ...failed }));

const kill = (): void => {
  const { state } = shared.plugin;
  try {
    if (state.phase === 'ready') process.kill(state.pid, 'SIGKILL');
  } catch {
    // It is dead already, and the host has not heard of it.
  }
};

describe('the ledger of a flooded rule', () => {
  it('balances on every turn, while its plugin is killed', async () => {
    const path = newFile();
    const rule = flood(path);
    const sent = progress(rule, [4_000, 8_000, 12_000, 20_000], kill);
    // Every reason has come up as well, or the property says little.
    const reasons = ['decode', 'overflow', 'ERR_CALL_FAILED', 'ERR_CALL_TIMEOUT', 'ERR_SINK_ACK'];
    let all = false;
    const done = (): boolean => {
      all ||= sent();
      return all && reasons.every((reason) => reasonsOf(rule).includes(reason));
    };
    expect(await watchLedger(rule, done)).toEqual([]);
    const { stages } = await stopBalanced(rule);

    // A killed process may have read what it did not write any more; nothing is written twice for long.
    const { passed = 0 } = stages[`sink ${shared.symbol('file')}`] ?? {};
    expect(linesOf(path).length).toBeGreaterThan(0);
    expect(linesOf(path).length).toBeLessThanOrEqual(passed + 3 * 64);
  });

  it('balances on every turn, while it restarts by hand and is unsubscribed', async () => {
    const rule = flood(newFile());
    const again = (): void => void rule.restart().catch(() => undefined);
    expect(await watchLedger(rule, progress(rule, [3_000, 6_000, 9_000], again))).toEqual([]);
    rule.unsubscribe();
    expect(await watchLedger(rule, () => rule.closed)).toEqual([]);
    expect(rule.ledger().balanced).toBe(true);
  });
});
