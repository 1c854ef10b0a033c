import { Subject } from 'rxjs';
import type { Aggregate } from './aggregates.js';
import { startOf } from './grid.js';
import { handTo } from './late.js';
import { OpenWindows } from './open-windows.js';
import type { Timeline } from './timeline.js';
import type { Bounds, Window, WindowOptions } from './window.js';
import { WindowStage } from './window-stage.js';

/** What every subscription of one `tumbling` has in common. */
export interface TumblingPlan<T, K, S, R> {
  readonly size: number;
  readonly options: Pick<WindowOptions<T, K>, 'key' | 'late'>;
  readonly bounds: Required<Bounds>;
  readonly contents: Aggregate<T, S, R>;
  /** What `maxValues` bounds. */
  readonly bounded: 'values' | 'windows';
}

/** One subscription of `tumbling`: takes values, and emits windows as `time` goes on. */
export class TumblingRun<T, K, S, R extends object> {
  readonly emitted = new Subject<Window<K> & R>();

  private readonly stage = new WindowStage('tumbling');
  private readonly open: OpenWindows<T, K, S>;
  /** The last start of which a part was emitted early: of windows from there back a part may be missing. */
  private cutUntil = -Infinity;

  constructor(
    private readonly plan: TumblingPlan<T, K, S, R>,
    private readonly time: Timeline<T>,
  ) {
    this.open = new OpenWindows('tumbling', plan.contents, plan.bounds.maxKeys);
  }

  add(value: T): void {
    const { size, options, bounds, bounded } = this.plan;
    this.stage.receive();
    const start = startOf(this.time.timeOf(value), size);
    this.emitEnded();
    // What was emitted may have ended the subscription.
    if (!this.emitted.observed) return;

    if (start + size <= this.time.mark) this.setAside(value);
    else this.open.add(start, options.key?.(value) as K, value);

    if (this.open[bounded] >= bounds.maxValues) this.emitFirstEarly();
    this.expectEnd();
  }

  /** Time has gone on without a value. */
  move(): void {
    this.emitEnded();
    this.expectEnd();
  }

  /** No more values will come. */
  flush(): void {
    this.time.update();
    this.emitEnded();
    this.emitWhile(() => true, true);
  }

  /** The subscription is over; all that is held is counted as dropped. */
  abandon(reason: 'error' | 'stopped'): void {
    this.stage.abandon(reason);
  }

  private emitEnded(): void {
    this.emitWhile((start) => start + this.plan.size <= this.time.mark, false);
  }

  private emitFirstEarly(): void {
    const first = this.open.oldest ?? -Infinity;
    this.cutUntil = Math.max(this.cutUntil, first);
    this.emitWhile((start) => start === first, true);
  }

  /** One at a time: what it emits may end the subscription, or bring in new values. */
  private emitWhile(isDue: (start: number) => boolean, partial: boolean): void {
    while (this.emitted.observed && this.open.oldest !== undefined && isDue(this.open.oldest)) this.emitFirst(partial);
  }

  private emitFirst(partial: boolean): void {
    const { size, contents } = this.plan;
    const { start, key, state, count } = this.open.shift();
    const result = contents.result(state);
    // A function of the user may end the subscription, too: the values are then counted as dropped.
    if (!this.emitted.observed) return;
    this.stage.pass(count);
    this.emitted.next({ start, end: start + size, key, partial: partial || start <= this.cutUntil, ...result });
  }

  private setAside(late: T): void {
    if (this.plan.options.late === undefined) {
      this.stage.drop('late');
    } else {
      this.stage.pass(1);
      handTo(this.plan.options.late)(late);
    }
  }

  private expectEnd(): void {
    if (this.open.oldest !== undefined) this.time.expect(this.open.oldest + this.plan.size);
  }
}
