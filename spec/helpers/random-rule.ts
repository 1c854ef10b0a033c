/** Rules with a random shape: what they are made of is data, so that a failure can be read and repeated. */
import fc from 'fast-check';
import { concatMap, delay, type Observable, type OperatorFunction, share, switchMap, timer } from 'rxjs';
import type { Branch, Overflow, RuleBody, RuleContext } from '../../lib/index.js';
import { mapAsync, queued, tumbling } from '../../operators/index.js';
import { newFile, type Counted } from './parts.js';
import type { SharedHost } from './shared-host.js';

type Flow = Observable<Counted>;
type Step = OperatorFunction<Counted, Counted>;

const queue: fc.Arbitrary<Overflow> = fc.record(
  {
    size: fc.integer({ min: 1, max: 200 }),
    policy: fc.constantFrom<Overflow['policy']>('drop-oldest', 'drop-newest', 'latest'),
    high: fc.constant(Infinity),
  },
  { requiredKeys: ['size', 'policy'] },
);

/** One stage, of each kind that counts. */
const stage = fc.oneof(
  fc.record({
    type: fc.constantFrom('echo' as const, 'fail' as const, 'slow' as const),
    queue,
    ordered: fc.boolean(),
    keyed: fc.boolean(),
  }),
  fc.record({ type: fc.constant('async' as const), queue, rejects: fc.boolean(), ms: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ type: fc.constant('queued' as const), ms: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ type: fc.constant('window' as const), ms: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ type: fc.constant('again' as const) }),
);
type StagePlan = typeof stage extends fc.Arbitrary<infer T> ? T : never;

const branch = fc.record({
  stages: fc.array(stage, { maxLength: 4 }),
  end: fc.oneof(fc.constant(undefined), fc.record({ queue, acks: fc.boolean() })),
});

export const rulePlan = fc.record({
  burst: fc.integer({ min: 1, max: 200 }),
  branches: fc.array(branch, { minLength: 1, maxLength: 3 }),
});
export type RulePlan = typeof rulePlan extends fc.Arbitrary<infer T> ? T : never;

/** A rule over a source of its own, or over what it shares with others. */
export function bodyOf(shared: Pick<SharedHost, 'symbol'>, { burst, branches }: RulePlan, shares?: Flow): RuleBody {
  return (context) => {
    const values: Flow =
      shares ?? context.source<Counted>(shared.symbol('count'), { config: { burst, interval: 1 } }).pipe(share());
    return branches.map(({ stages, end }): Branch => {
      const flow = stages.reduce((stream, plan) => stream.pipe(stepOf(shared, context, plan)), values);
      if (end === undefined) return flow;
      const config = { path: newFile(), acks: end.acks ? ['ok', 'no'] : ['never'] };
      return flow.subscribe(
        context.sink<Counted>(shared.symbol('file'), { config, queue: end.queue, requireAck: end.acks }),
      );
    });
  };
}

function stepOf({ symbol }: Pick<SharedHost, 'symbol'>, { call }: RuleContext, plan: StagePlan): Step {
  switch (plan.type) {
    case 'async': {
      const work = (value: Counted): Promise<Counted> =>
        new Promise((resolve, reject) => {
          if (plan.rejects && value.i % 7 === 0) reject(new Error('no'));
          else setTimeout(() => resolve(value), plan.ms);
        });
      return mapAsync(work, { ...plan.queue, concurrency: 4, timeout: 4, onError: 'drop' });
    }
    case 'queued':
      return queued(delay(plan.ms), { size: 100 });
    case 'window':
      return (source) =>
        source.pipe(
          tumbling(plan.ms),
          concatMap(({ values }) => values),
        );
    case 'again':
      // A call that is subscribed anew all the time.
      return (source) =>
        source.pipe(
          switchMap((value) =>
            timer(0).pipe(
              call(
                symbol('echo'),
                () => [value.i],
                (_, i: number) => ({ i }),
              ),
            ),
          ),
        );
    default: {
      const arg = plan.type === 'slow' ? 1 : 0;
      const options = {
        queue: plan.queue,
        timeout: 3,
        order: plan.ordered ? ('input' as const) : ('completion' as const),
        ...(plan.keyed && { key: keyOf }),
      };
      return call(
        symbol(plan.type),
        ({ i }: Counted) => [arg === 1 ? 1 : i],
        (value) => value,
        options,
      );
    }
  }
}

/** Three keys, and now and then a value that has none. */
function keyOf({ i }: Counted): number {
  if (i % 7 === 6) throw new Error('no key');
  return i % 3;
}
