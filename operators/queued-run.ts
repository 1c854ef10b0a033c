import {
  filter,
  type Observable,
  type Observer,
  type SchedulerLike,
  type Subscriber,
  Subscription,
  takeWhile,
} from 'rxjs';
import { operatorBound, queueOverflow, stageStalled } from '../lib/errors.js';
import { Bound, type CheckedOverflow, marksOf, type Outlet, type Stage, withScope } from '../lib/stage.js';
import { outletOf } from './outlet-of.js';
import { queueStage } from './queue-stage.js';

export interface QueuedPlan {
  readonly name: string;
  readonly overflow: CheckedOverflow;
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
}

/** One subscription of `queued`: an Observer of what its operator emits. */
export class QueuedRun<T, R> implements Observer<R> {
  private readonly stage: Stage;
  private readonly bound: Bound;
  private readonly outlet: Outlet<R>;
  private readonly high: number;
  private held = 0;
  /** The sources of its rule wait for it. */
  private isHolding = false;
  /** Runs while they do. */
  private stalled = Subscription.EMPTY;

  constructor(
    private readonly plan: QueuedPlan,
    subscriber: Subscriber<R>,
  ) {
    this.outlet = outletOf(plan.name, subscriber);
    const depth = (): number => this.held;
    this.stage = queueStage(plan.name, plan.overflow, depth, (holds) => this.holds(holds));
    this.bound = new Bound(plan.overflow, this.stage.scale);
    this.high = marksOf(plan.overflow).high;
  }

  /** What goes into the operator: counted, and no more than fits. */
  counted(source: Observable<T>): Observable<T> {
    return source.pipe(
      takeWhile(() => !this.outlet.closed, true),
      filter(() => this.take()),
    );
  }

  // ---- Observer

  next(value: R): void {
    if (this.outlet.closed) return;
    if (this.held === 0) {
      const { name } = this.plan;
      this.outlet.error(operatorBound(name, 'its operator emits more than one value for each that it gets'));
      return;
    }
    this.held -= 1;
    this.stage.passed += 1;
    // What makes the operator emit may be of another rule.
    withScope(this.outlet.scope, () => this.outlet.next(value));
    this.stage.weigh(this.held);
  }

  error(error: unknown): void {
    this.outlet.error(error);
  }

  complete(): void {
    this.abandon('kept');
    this.outlet.complete();
  }

  /** The end of the subscription, whatever ended it. */
  end(): void {
    this.abandon('stopped');
    this.stalled.unsubscribe();
    this.stage.end();
  }

  // ---- inside

  private take(): boolean {
    const { name, overflow } = this.plan;
    this.stage.received += 1;
    // A source that emits at once has one more when what follows has ended already.
    if (this.outlet.closed) {
      this.stage.drop('stopped');
      return false;
    }
    if (!this.bound.fits(this.held)) {
      this.stage.overflow(1);
      if (overflow.policy === 'error') this.outlet.error(queueOverflow(name, this.bound.size));
      return false;
    }
    this.bound.enter();
    this.held += 1;
    this.watch();
    this.stage.weigh(this.held);
    return true;
  }

  private holds(isHolding: boolean): void {
    this.isHolding = isHolding;
    this.watch();
  }

  /** Without a rule nobody tells. */
  private get isWaitedFor(): boolean {
    return this.isHolding || this.held > this.high;
  }

  private watch(): void {
    const { name, timeout, scheduler } = this.plan;
    if (!this.isWaitedFor || !this.stalled.closed || timeout === Infinity) return;
    const { passed } = this.stage;
    this.stalled = scheduler.schedule(() => {
      this.stalled = Subscription.EMPTY;
      if (this.isWaitedFor && this.stage.passed === passed) this.outlet.error(stageStalled(name, this.held, timeout));
      else this.watch();
    }, timeout);
  }

  private abandon(reason: 'kept' | 'stopped'): void {
    if (this.held > 0) this.stage.drop(reason, this.held);
    this.held = 0;
  }
}
