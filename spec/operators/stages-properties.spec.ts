import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { isBalanced, type Stage } from '../../lib/stage.js';
import { HandClock } from '../helpers/hand-clock.js';
import { operatorOf, type RandomStage, randomStage } from '../helpers/random-stages.js';
import { recordStages } from '../helpers/record-stages.js';

interface Plan {
  readonly pipeline: readonly RandomStage[];
  /** Milliseconds between values. */
  readonly gaps: readonly number[];
  readonly end: 'completes' | 'fails' | 'goes on';
  /** When it is unsubscribed, if it has not ended before. */
  readonly unsubscribed: number;
  /** How many of the values that come out bring in another one at once. */
  readonly echoes: number;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  pipeline: fc.array(randomStage, { minLength: 1, maxLength: 3 }),
  gaps: fc.array(fc.nat(3), { maxLength: 30 }),
  end: fc.constantFrom('completes' as const, 'fails' as const, 'goes on' as const),
  unsubscribed: fc.nat(120),
  echoes: fc.nat(6),
});

/** Runs a plan to its end; answers what did not hold on the way. */
async function run({ pipeline, gaps, end, unsubscribed, echoes }: Plan) {
  const clock = new HandClock();
  const { stages, changes, inRule } = recordStages();
  const source = new Subject<number>();
  let [sent, left] = [0, echoes];
  const send = (): void => source.next((sent += 1));
  const stream = pipeline.reduce((values, stage) => values.pipe(operatorOf(stage, clock)), source.asObservable());
  const subscription = inRule(stream).subscribe({
    next: () => {
      left -= 1;
      if (left >= 0) send();
    },
    error: () => undefined,
  });
  let time = 0;
  for (const gap of gaps) clock.schedule(send, (time += gap));
  if (end === 'completes') clock.schedule(() => source.complete(), time);
  if (end === 'fails') clock.schedule(() => source.error('failed'), time);

  const broken: unknown[] = [];
  const check = (at: number): void => {
    for (const stage of stages) if (!isBalanced(stage.counts())) broken.push({ at, counts: stage.counts() });
  };
  for (let at = 0; at < unsubscribed; at += 1) {
    clock.advance(1);
    check(at);
    // Promises settle in microtasks, and what follows from them a few later.
    for (let turn = 0; turn < 4; turn += 1) {
      await Promise.resolve();
      check(at);
    }
  }
  subscription.unsubscribe();
  check(unsubscribed);
  clock.advance(1_000);
  await new Promise(setImmediate);
  check(Infinity);
  return { stages: [...stages].reverse(), changes, broken };
}

const held = (stage: Stage): number => stage.counts().inFlight;

describe('operators with queues, whatever they do and whenever they are left', () => {
  it('balance at every step, hold nothing in the end, and ask for no pause', async () => {
    const reasons = new Set<string>();
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { stages, changes, broken } = await run(plan);
        expect(broken).toEqual([]);
        expect(stages).toHaveLength(plan.pipeline.length);
        expect(stages.filter((stage) => !stage.ended || held(stage) > 0)).toEqual([]);
        expect(changes.filter((change) => change.endsWith('full'))).toHaveLength(changes.length / 2);
        // Nothing is made up between two of them.
        const invented = stages.filter((stage, at) => at > 0 && stage.received > (stages[at - 1]?.passed ?? 0));
        expect(invented).toEqual([]);
        for (const stage of stages) {
          const { dropped, failed } = stage.counts();
          for (const reason of Object.keys({ ...dropped, ...failed })) reasons.add(reason);
        }
      }),
      { seed: 20_261_125, numRuns: 500 },
    );
    // Every reason has come up, or the property says little.
    expect([...reasons].sort()).toEqual([
      'ERR_PROJECT_TIMEOUT',
      'ERR_USER_FUNCTION',
      'empty',
      'kept',
      'overflow',
      'stopped',
    ]);
  });
});
