import {
  from,
  type ObservableInput,
  type Observer,
  type SchedulerLike,
  type Subscriber,
  Subscription,
  take,
} from 'rxjs';
import { projectTimeout, queueOverflow, type RxportError, userError } from '../lib/errors.js';
import {
  Bound,
  type CheckedOverflow,
  Deadlines,
  Lane,
  type LaneHandler,
  type Outlet,
  type Slot,
  type Stage,
  withScope,
} from '../lib/stage.js';
import { outletOf } from './outlet-of.js';
import { queueStage } from './queue-stage.js';

export interface MapAsyncPlan<T, R> {
  readonly name: string;
  readonly project: (value: T, index: number, signal: AbortSignal) => ObservableInput<R>;
  readonly concurrency: number;
  readonly timeout: number;
  readonly order: 'input' | 'completion' | undefined;
  readonly onError: 'fail' | 'drop' | ((error: RxportError, value: T) => R);
  readonly overflow: CheckedOverflow;
  readonly scheduler: SchedulerLike;
}

type Outcome<R> =
  | { readonly type: 'value'; readonly value: R }
  | { readonly type: 'empty' }
  | { readonly type: 'error'; readonly error: RxportError };

/** A project that is under way. */
interface Work {
  readonly aborter: AbortController;
  /** Its stream. */
  readonly parts: Subscription;
}

/** One subscription of `mapAsync`. */
export class MapAsyncRun<T, R> implements LaneHandler<T, Outcome<R>>, Observer<T> {
  private readonly lane: Lane<T, Outcome<R>>;
  private readonly stage: Stage;
  private readonly bound: Bound;
  private readonly outlet: Outlet<R>;
  private readonly under = new Map<Slot<T, Outcome<R>>, Work>();
  private readonly deadlines: Deadlines<Slot<T, Outcome<R>>>;
  private completed = false;

  constructor(
    private readonly plan: MapAsyncPlan<T, R>,
    subscriber: Subscriber<R>,
  ) {
    const { name, order, overflow, concurrency, scheduler, timeout } = plan;
    this.outlet = outletOf(name, subscriber);
    this.stage = queueStage(name, overflow, () => this.lane.held);
    this.bound = new Bound(overflow, this.stage.scale);
    this.lane = new Lane({ order, bound: this.bound, concurrency: () => concurrency }, this);
    this.deadlines = new Deadlines(scheduler, timeout, (slot) => this.late(slot));
  }

  next(value: T): void {
    this.stage.received += 1;
    // A source that emits at once has one more when what follows has ended already.
    if (this.outlet.closed) return this.stage.drop('stopped');
    const { failed } = this.lane.add(value);
    if (failed) this.outlet.error(queueOverflow(this.plan.name, this.bound.size));
    this.stage.weigh(this.lane.waits);
  }

  error(error: unknown): void {
    this.outlet.error(error);
  }

  complete(): void {
    this.completed = true;
    this.finishWhenEmpty();
  }

  /** The end of the subscription, whatever ended it. */
  end(): void {
    const { held } = this.lane;
    if (held > 0) this.stage.drop('stopped', held);
    this.lane.clear();
    this.deadlines.stop();
    this.stage.end();
    const unwanted = new Subscription();
    for (const { parts, aborter } of this.under.values()) {
      unwanted.add(parts);
      unwanted.add(() => aborter.abort());
    }
    this.under.clear();
    // All of them, before it throws what a teardown among them throws.
    unwanted.unsubscribe();
  }

  // ---- LaneHandler

  ready(): boolean {
    // Once nothing may go out, the lane is empty.
    return true;
  }

  start(slot: Slot<T, Outcome<R>>): void {
    const { project, timeout, name } = this.plan;
    const [aborter, parts] = [new AbortController(), new Subscription()];
    this.under.set(slot, { aborter, parts });
    const settle = (outcome: Outcome<R>): void => this.settle(slot, outcome);
    const failed = (thrown: unknown): void => settle({ type: 'error', error: userError(`project of ${name}`, thrown) });
    if (timeout !== Infinity) this.deadlines.begin(slot);
    try {
      const result = from(project(slot.value, slot.index, aborter.signal)).pipe(take(1));
      parts.add(
        result.subscribe({
          next: (value) => settle({ type: 'value', value }),
          error: failed,
          complete: () => settle({ type: 'empty' }),
        }),
      );
    } catch (thrown) {
      failed(thrown);
    }
  }

  overflowed(count: number): void {
    this.stage.overflow(count);
  }

  pass(slot: Slot<T, Outcome<R>>, outcome: Outcome<R>): void {
    if (outcome.type === 'error') return this.failed(outcome.error, slot);
    this.lane.left(slot);
    if (outcome.type === 'empty') return this.stage.drop('empty');
    this.stage.passed += 1;
    this.outlet.next(outcome.value);
  }

  // ---- inside

  private late(slot: Slot<T, Outcome<R>>): void {
    const { name, timeout } = this.plan;
    const work = this.under.get(slot);
    this.settle(slot, { type: 'error', error: projectTimeout(name, timeout) });
    work?.aborter.abort();
  }

  private settle(slot: Slot<T, Outcome<R>>, outcome: Outcome<R>): void {
    const work = this.under.get(slot);
    // The first word counts: a value, its completion, or the end of its time.
    if (work === undefined) return;
    this.under.delete(slot);
    this.deadlines.end(slot);
    // What makes a project emit may be of another rule; what follows, and the next project, are of this one.
    withScope(this.outlet.scope, () => {
      this.lane.settle(slot, this.close(work, outcome));
      this.stage.weigh(this.lane.waits);
      this.finishWhenEmpty();
    });
  }

  /** What the teardown of a project throws is an error of that project. */
  private close({ parts }: Work, outcome: Outcome<R>): Outcome<R> {
    try {
      parts.unsubscribe();
    } catch (thrown) {
      if (outcome.type !== 'error') return { type: 'error', error: userError(`project of ${this.plan.name}`, thrown) };
    }
    return outcome;
  }

  private failed(error: RxportError, slot: Slot<T, Outcome<R>>): void {
    const { onError } = this.plan;
    if (typeof onError === 'function') return this.substitute(onError, error, slot);
    this.lane.left(slot);
    this.stage.failWith(error);
    if (onError === 'fail') this.outlet.error(error);
  }

  private substitute(
    onError: (error: RxportError, value: T) => R,
    error: RxportError,
    slot: Slot<T, Outcome<R>>,
  ): void {
    let instead: R;
    try {
      instead = onError(error, slot.value);
    } catch (thrown) {
      const broken = userError(`onError of ${this.plan.name}`, thrown);
      if (this.lane.left(slot)) this.stage.failWith(broken);
      this.outlet.error(broken);
      return;
    }
    // It may have ended the subscription, which has counted it.
    if (!this.lane.left(slot)) return;
    this.stage.passed += 1;
    this.outlet.next(instead);
  }

  private finishWhenEmpty(): void {
    if (this.completed && this.lane.held === 0) this.outlet.complete();
  }
}
