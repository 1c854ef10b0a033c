/** Rules from end to end: a source that floods, what happens to its tuples, and a sink. */
import { filter, map, type OperatorFunction, share } from 'rxjs';
import type { Host, Rule, RuleContext } from '../../../lib/index.js';
import type { Contender, LoadPlugin } from '../contenders.js';
import type { Opened } from '../harness.js';
import { startHost } from '../hosts.js';
import type { Value } from '../payload.js';
import { unique } from '../plugins.js';
import type { Sample } from '../result.js';
import { queueFor } from '../sink/values.js';
import { measureRule } from './ledger.js';
import { placed } from './placement.js';

/** Who plays which part, each in a process of its own. */
interface Cast {
  readonly from: LoadPlugin;
  readonly through: LoadPlugin;
  readonly to: LoadPlugin;
}

type Start = (host: Host, cast: Cast, bytes: number) => Rule;

/** What of a rule is measured, where the kernel lets its processes run, or while they are `placed`. */
type Measure = (host: Host, work: () => Promise<Sample>) => Promise<Sample>;
const asItIs: Measure = (_, work) => work();

const opened =
  (start: Start, measure: Measure = asItIs) =>
  async (contender: Contender, bytes: number): Promise<Opened> => {
    const cast: Cast = { from: contender.copy(), through: contender.copy(), to: contender.copy() };
    const host = await startHost([cast.from, cast.through, cast.to]);
    return {
      async run(seconds) {
        const rule = start(host, cast, bytes);
        const sample = await measure(host, () => measureRule(rule, seconds, bytes));
        await rule.stop();
        return sample;
      },
      close: () => host.stop(),
    };
  };

const flooding = ({ source }: RuleContext, { from }: Cast, bytes: number) =>
  source<Value>(from.source, { config: from.flood(bytes) });

const taking = ({ sink }: RuleContext, { to }: Cast, bytes: number) =>
  sink<Value>(to.sink, { config: to.collect, queue: queueFor(bytes) });

/** Operators that look at every tuple and let it pass. */
const through = (context: RuleContext, cast: Cast, bytes: number, operator: OperatorFunction<Value, Value>) =>
  flooding(context, cast, bytes)
    .pipe(
      filter(({ i }) => i >= 0),
      operator,
    )
    .subscribe(taking(context, cast, bytes));

const mapped: Start = (host, cast, bytes) =>
  host.rule(unique('r'), (context) =>
    through(
      context,
      cast,
      bytes,
      map(({ i, pad }) => ({ i: i + 1, pad })),
    ),
  );

export const withOperators = opened(mapped);
export const withOperatorsPlaced = opened(mapped, placed);

const calling = ({ call }: RuleContext, { through: called }: Cast, bytes: number) =>
  call(
    called.function,
    (value: Value) => [value],
    (_, result: Value) => result,
    { queue: queueFor(bytes) },
  );

export const withCall = opened((host, cast, bytes) =>
  host.rule(unique('r'), (context) => through(context, cast, bytes, calling(context, cast, bytes))),
);

export const withCallOnly = opened((host, cast, bytes) =>
  host.rule(unique('r'), (context) => flooding(context, cast, bytes).pipe(calling(context, cast, bytes))),
);

/** One source, so many sinks. */
export const fanOut = (sinks: number) =>
  opened((host, cast, bytes) =>
    host.rule(unique('r'), (context) => {
      const shared = flooding(context, cast, bytes).pipe(share());
      return Array.from({ length: sinks }, () => shared.subscribe(taking(context, cast, bytes)));
    }),
  );
