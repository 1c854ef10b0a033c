import { tap, type Observable } from 'rxjs';
import type { ProcessingClock } from './processing-clock.js';
import type { Timeline } from './timeline.js';

/** A value happens when it arrives. */
export class ProcessingTime implements Timeline<unknown> {
  mark = -Infinity;
  readonly moves: Observable<unknown>;

  constructor(private readonly clock: ProcessingClock) {
    this.moves = clock.alarms.pipe(tap(() => this.update()));
  }

  timeOf(): number {
    this.update();
    return this.mark;
  }

  update(): void {
    this.mark = this.clock.now();
  }

  expect(end: number): void {
    this.clock.wakeAt(end);
  }
}
