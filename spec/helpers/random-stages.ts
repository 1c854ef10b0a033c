/** Random operators with queues over numbers, for properties that all of them have. */
import fc from 'fast-check';
import {
  concat,
  delay,
  EMPTY,
  filter,
  type ObservableInput,
  of,
  type OperatorFunction,
  pipe,
  type SchedulerLike,
} from 'rxjs';
import { mapAsync, queued } from '../../operators/index.js';

const projects = fc.record({
  kind: fc.constantFrom('resolves', 'resolves', 'rejects', 'never', 'at once', 'empty', 'throws', 'several'),
  after: fc.nat(8),
});
const queues = { size: fc.integer({ min: 1, max: 6 }), high: fc.constantFrom(undefined, 0, Infinity) };

const mapping = fc.record({
  ...queues,
  operator: fc.constant('mapAsync' as const),
  /** What the projects do, one after the other and again. */
  projects: fc.array(projects, { minLength: 1, maxLength: 6 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  order: fc.constantFrom('input' as const, 'completion' as const),
  policy: fc.constantFrom('drop-oldest' as const, 'drop-newest' as const, 'latest' as const, 'error' as const),
  timeout: fc.constantFrom(5, Infinity),
  onError: fc.constantFrom('drop', 'drop', 'value', 'fail', 'throws'),
});
const queueing = fc.record({
  ...queues,
  operator: fc.constant('queued' as const),
  after: fc.nat(8),
  /** It keeps every third value. */
  keeps: fc.boolean(),
  policy: fc.constantFrom('drop-newest' as const, 'error' as const),
});

export type RandomStage = typeof randomStage extends fc.Arbitrary<infer S> ? S : never;
export const randomStage = fc.oneof(mapping, queueing);

/** All time is that of `scheduler`. */
export function operatorOf(stage: RandomStage, scheduler: SchedulerLike): OperatorFunction<number, number> {
  const { size, policy, high } = stage;
  const marks = high === undefined ? {} : { high };
  if (stage.operator === 'queued') {
    const late = delay<number>(stage.after, scheduler);
    const operator = stage.keeps
      ? pipe(
          late,
          filter((n: number) => n % 3 !== 0),
        )
      : late;
    return queued(operator, { size, policy: stage.policy, timeout: 10, scheduler, ...marks });
  }
  const { concurrency, order, timeout, projects } = stage;
  const project = (value: number, index: number): ObservableInput<number> =>
    begin(projects[index % projects.length] ?? { kind: 'never', after: 0 }, value, scheduler);
  const onError = { drop: 'drop', fail: 'fail', value: () => -1, throws: () => broken() } as const;
  const failing = onError[stage.onError];
  return mapAsync(project, { size, policy, concurrency, order, timeout, scheduler, onError: failing, ...marks });
}

function begin(
  { kind, after }: { readonly kind: string; readonly after: number },
  value: number,
  scheduler: SchedulerLike,
): ObservableInput<number> {
  const later = (work: () => void): void => void scheduler.schedule(work, after);
  switch (kind) {
    case 'resolves':
      return new Promise((resolve) => later(() => resolve(value)));
    case 'rejects':
      return new Promise((_, reject) => later(() => reject(new Error('rejected'))));
    case 'at once':
      return of(value);
    case 'empty':
      return EMPTY.pipe(delay(after, scheduler));
    case 'throws':
      return broken();
    case 'several':
      return concat(of(value).pipe(delay(after, scheduler)), of(-1));
    default:
      return new Promise(() => undefined);
  }
}

const broken = (): never => {
  throw new Error('broken');
};
