/** What was read of a source, or of a share of one, and waits for a rule that stops. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { share, tap } from 'rxjs';
import type { Ledger, Rule } from '../../lib/index.js';
import { mapAsync, tumbling } from '../../operators/index.js';
import { settled } from '../helpers/ledger-watch.js';
import { type Counted, statusOf } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { versionsOf } from '../helpers/versions.js';

// Its host gives a flush 300 ms.
const shared = sharedHost();
const mirror = versionsOf('node');
beforeAll(() => shared.host.plugins.install(mirror.version('v1')));

/** So much more than the queue below holds is on its way then. */
const flood = { config: { interval: 0 } };

/** Work that stands still, until it is let go. */
function work() {
  let letGo: () => void = () => undefined;
  const free = new Promise<void>((resolve) => (letGo = resolve));
  const options = { concurrency: 1, size: 200, high: 100 };
  return { letGo, step: mapAsync((value: Counted) => free.then(() => value), options) };
}

/** A rule that works on what floods it, which waits. */
async function held(shareIt = false) {
  const { letGo, step } = work();
  const values = shareIt
    ? shared.host.share(unique('s'), ({ source }) => source<Counted>(mirror.source, flood), { queue: QUEUE })
    : undefined;
  const rule = shared.rule(({ source }) => (values ?? source<Counted>(mirror.source, flood)).pipe(step));
  const flows = values ?? rule;
  await until(() => stageOf(flows.ledger(), 'source').pauses > 0, 'the source waits');
  return { rule, values, letGo };
}
const QUEUE = { size: 200, policy: 'drop-oldest', high: 100 } as const;

const stageOf = ({ stages }: Ledger, kind: string) => {
  const found = Object.values(stages).find((stage) => stage.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} in ${Object.keys(stages).join(', ')}`);
  return found;
};

/** Why something was dropped, anywhere. */
const reasons = (one: Pick<Rule, 'ledger'>): readonly string[] => [
  ...new Set(Object.values(settled(one).stages).flatMap(({ dropped }) => Object.keys(dropped))),
];

describe('what was read of a source when its rule stops', () => {
  it.each([
    ['a source', false],
    ['a share', true],
  ])('waits for as long as the stop has time: of %s', async (_, shareIt) => {
    const { rule, values, letGo } = await held(shareIt);
    const stopped = rule.stop({ timeout: 60_000 });
    // Longer than the host's flush, and than a second in which nothing is taken.
    setTimeout(letGo, 1_500);
    expect(await stopped).toEqual({ drained: true, dropped: {} });
    const { received } = stageOf((values ?? rule).ledger(), 'source');
    expect(received).toBeGreaterThan(200);
    expect(stageOf(rule.ledger(), 'queue')).toMatchObject({ received, passed: received });
    expect([rule, ...(values ? [values] : [])].flatMap(reasons)).toEqual([]);
  });

  it.each([
    ['a source', false],
    ['a share', true],
  ])('is dropped as stopped when its time is up: of %s', async (_, shareIt) => {
    const { rule, values } = await held(shareIt);
    const { drained, dropped } = await rule.stop({ timeout: 100 });
    expect([drained, Object.keys(dropped)]).toEqual([false, ['stopped']]);
    expect(reasons(rule)).toEqual(['stopped']);
    if (values === undefined) {
      expect(stageOf(rule.ledger(), 'source').received).toBe(dropped['stopped']);
      expect(stageOf(rule.ledger(), 'source').dropped['stopped']).toBeGreaterThan(0);
      return;
    }
    expect(reasons(values)).toEqual(['stopped']);
    expect(values.status.phase).toBe('stopped');
  });

  it('is dropped as stopped when a signal cuts the stop short', async () => {
    const { rule } = await held();
    const controller = new AbortController();
    const stopped = rule.stop({ timeout: Infinity, signal: controller.signal });
    setTimeout(() => controller.abort(), 400);
    expect(await stopped).toEqual({ drained: false, dropped: { stopped: expect.any(Number) } });
    expect(reasons(rule)).toEqual(['stopped']);
  });

  it('has the flush of its host when the rule is restarted', async () => {
    const { rule } = await held();
    await rule.restart();
    await statusOf(rule, 'running');
    expect(stageOf(rule.ledger(), 'source').dropped).toEqual({ stopped: expect.any(Number) });
    rule.unsubscribe();
    await rule.done;
    expect(reasons(rule)).toEqual(['stopped']);
  });

  it('keeps nobody from what operators emit on completion', async () => {
    const { step } = work();
    const seen: number[] = [];
    const rule = shared.rule(({ source }) => {
      const values = source<Counted>(mirror.source, flood).pipe(share());
      return [
        values.pipe(step),
        values.pipe(
          tumbling(3_600_000),
          tap((window) => seen.push(window.values.length)),
        ),
      ];
    });
    await until(() => stageOf(rule.ledger(), 'source').pauses > 0, 'the source waits');
    await rule.stop({ timeout: 100 });
    const { passed } = stageOf(rule.ledger(), 'window');
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(passed);
    expect(passed).toBe(stageOf(rule.ledger(), 'source').passed);
  });
});
