import { EMPTY, tap, type Observable } from 'rxjs';
import { show, valueInvalid } from '../lib/errors.js';
import { startOf } from './grid.js';
import type { ProcessingClock } from './processing-clock.js';
import type { Timeline } from './timeline.js';
import { Watermark } from './watermark.js';
import type { EventTime } from './window.js';

/** The range of `Date`; within it whole milliseconds are exact. */
const LATEST = 8.64e15;

/** Values say when they happened, and how far time has come. */
export class EventTimeOfValues<T> implements Timeline<T> {
  readonly moves: Observable<unknown>;
  private readonly watermark: Watermark;
  private watching = false;

  /** The mark moves in steps of `step`. */
  constructor(
    private readonly operator: string,
    private readonly options: Pick<EventTime<T>, 'at' | 'maxDelay' | 'partition' | 'idle'>,
    private readonly limits: { readonly step: number; readonly maxPartitions: number },
    private readonly clock: ProcessingClock,
  ) {
    this.watermark = new Watermark(operator, limits.maxPartitions);
    const { idle } = options;
    this.moves = idle === undefined ? EMPTY : clock.alarms.pipe(tap(() => this.forgetSilent(idle)));
  }

  get mark(): number {
    return this.watermark.value;
  }

  timeOf(value: T): number {
    const { at, maxDelay = 0, partition, idle } = this.options;
    const time = checkedTime(this.operator, at(value), value);
    const now = idle === undefined ? 0 : this.clock.now();
    this.watermark.saw(partition?.(value), startOf(time - maxDelay, this.limits.step), now);
    if (idle !== undefined && !this.watching) this.watch(now + idle);
    return time;
  }

  update(): void {}

  expect(): void {}

  private watch(until: number): void {
    this.watching = true;
    this.clock.wakeAt(until);
  }

  private forgetSilent(idle: number): void {
    const longestSilent = this.watermark.forget(this.clock.now() - idle);
    this.watching = false;
    if (longestSilent !== undefined) this.watch(longestSilent + idle);
  }
}

/** Values say when they happened, and someone else how far time has come. */
export class EventTimeFrom<T> implements Timeline<T> {
  mark = -Infinity;
  readonly moves: Observable<unknown>;

  constructor(
    private readonly operator: string,
    private readonly at: EventTime<T>['at'],
    watermark: Observable<number>,
  ) {
    this.moves = watermark.pipe(
      tap((mark) => {
        if (typeof mark !== 'number' || Number.isNaN(mark)) {
          throw valueInvalid(operator, [`watermark emitted ${show(mark)}: expected milliseconds since the epoch`]);
        }
        this.mark = Math.max(this.mark, mark);
      }),
    );
  }

  timeOf(value: T): number {
    return checkedTime(this.operator, this.at(value), value);
  }

  update(): void {}

  expect(): void {}
}

function checkedTime(operator: string, time: number, value: unknown): number {
  if (typeof time === 'number' && Math.abs(time) <= LATEST) return time;
  throw valueInvalid(operator, [`at gave ${show(time)} for ${show(value)}: expected milliseconds since the epoch`]);
}
