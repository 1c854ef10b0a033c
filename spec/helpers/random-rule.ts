/** Rules with a random shape: what they are made of is data, so that a failure can be read and repeated. */
import fc from 'fast-check';
import { concatMap, delay, map, type Observable, type OperatorFunction, pipe, share, switchMap, timer } from 'rxjs';
import type { Branch, Overflow, RuleBody, RuleContext, Shared } from '../../lib/index.js';
import { mapAsync, queued, tumbling } from '../../operators/index.js';
import type { Crossings } from './crossings.js';
import { newFile, type Counted } from './parts.js';
import type { SharedHost } from './shared-host.js';

type Flow = Observable<Counted>;
type Step = OperatorFunction<Counted, Counted>;

/** Marks as they are, none, or anywhere: sources are held back at the first value, or by turns, or never. */
const marks = fc.oneof(
  fc.constant(undefined),
  fc.constant('none' as const),
  fc.record({ high: fc.nat(99), low: fc.nat(100) }),
);

type MarksPlan = typeof marks extends fc.Arbitrary<infer T> ? T : never;

/** In percent: `high` of what the queue holds, `low` of `high`. */
function marked(most: number, given: MarksPlan): Pick<Overflow, 'high' | 'low'> {
  if (given === undefined) return {};
  if (given === 'none') return { high: Infinity };
  const high = Math.floor((most * given.high) / 100);
  return { high, low: Math.floor((high * given.low) / 100) };
}

const queue: fc.Arbitrary<Overflow> = fc
  .record({
    size: fc.integer({ min: 1, max: 200 }),
    policy: fc.constantFrom<Overflow['policy']>('drop-oldest', 'drop-newest', 'latest', 'error'),
    marks,
  })
  .map(({ size, policy, marks }) => ({ size, policy, ...marked(policy === 'latest' ? 1 : size, marks) }));

/** One stage, of each kind that counts. */
const stage = fc.oneof(
  fc.record({
    type: fc.constantFrom('echo' as const, 'fail' as const, 'slow' as const),
    queue,
    ordered: fc.boolean(),
    keyed: fc.boolean(),
  }),
  fc.record({ type: fc.constant('async' as const), queue, rejects: fc.boolean(), ms: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ type: fc.constant('queued' as const), ms: fc.integer({ min: 0, max: 20 }), marks }),
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

type Plugin = Pick<SharedHost, 'symbol'>;

/** A rule over a source of its own, or over what it shares with others; `seen` counts what goes through it. */
export function bodyOf(plugin: Plugin, plan: RulePlan, seen: Crossings, shares?: Shared<Counted>): RuleBody {
  return (context) => {
    const values = shares?.pipe(seen.outOf(`share ${shares.name}`)) ?? sourceOf(plugin, context, plan, seen);
    return plan.branches.map(({ stages, end }): Branch => {
      const flow = stages.reduce((stream, stage) => stream.pipe(stepOf(plugin, context, stage, seen)), values);
      if (end === undefined) return flow;
      const path = newFile();
      const config = { path, acks: end.acks ? ['ok', 'no'] : ['never'] };
      const symbol = plugin.symbol('file');
      const sink = context.sink<Counted>(symbol, { config, queue: end.queue, requireAck: end.acks });
      seen.file(`sink ${symbol}`, path, end.acks);
      return flow.pipe(seen.into(`sink ${symbol}`)).subscribe(sink);
    });
  };
}

function sourceOf({ symbol }: Plugin, { source }: RuleContext, { burst }: RulePlan, seen: Crossings): Flow {
  // With `pad` it sends nothing while it is not read.
  const config = { burst, interval: 1, pad: 0 };
  return source<Counted>(symbol('count'), { config }).pipe(
    seen.outOf(`source ${symbol('count')}`),
    seen.numbers(),
    share(),
  );
}

/** A stage between the two borders where what goes in and what comes out is counted. */
function stepOf({ symbol }: Plugin, { call }: RuleContext, plan: StagePlan, seen: Crossings): Step {
  const between = (stage: string, step: Step): Step => pipe(seen.into(stage), step, seen.outOf(stage));
  switch (plan.type) {
    case 'async': {
      const work = (value: Counted): Promise<Counted> =>
        new Promise((resolve, reject) => {
          if (plan.rejects && value.i % 7 === 0) reject(new Error('no'));
          else setTimeout(() => resolve(value), plan.ms);
        });
      const options = { ...plan.queue, concurrency: 4, timeout: 4, onError: 'drop' } as const;
      return between('queue mapAsync', mapAsync(work, options));
    }
    case 'queued':
      return between('queue queued', queued(delay(plan.ms), { size: 100, ...marked(100, plan.marks) }));
    case 'window':
      return pipe(
        seen.into('window tumbling'),
        tumbling<Counted>(plan.ms),
        seen.outOf('window tumbling', ({ values }) => values.length),
        concatMap(({ values }) => values),
      );
    case 'again':
      // A call that is subscribed anew all the time.
      return (source) =>
        source.pipe(
          switchMap((value) =>
            timer(0).pipe(
              map(() => value),
              between(
                `call ${symbol('echo')}`,
                call(
                  symbol('echo'),
                  ({ i }: Counted) => [i],
                  (_, i: number) => ({ i }),
                ),
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
      return between(
        `call ${symbol(plan.type)}`,
        call(
          symbol(plan.type),
          ({ i }: Counted) => [arg === 1 ? 1 : i],
          (value) => value,
          options,
        ),
      );
    }
  }
}

/** Three keys, and now and then a value that has none. */
function keyOf({ i }: Counted): number {
  if (i % 7 === 6) throw new Error('no key');
  return i % 3;
}
