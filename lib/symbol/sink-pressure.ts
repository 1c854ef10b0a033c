import { BehaviorSubject } from 'rxjs';
import { type Gauge, type Marks, Pressure } from '../stage.js';

/** Whether one sink alone has more than it can work off. */
export class SinkPressure {
  /** Hot, replays the newest. */
  readonly under = new BehaviorSubject(false);
  private readonly gauge: Gauge;

  constructor(marks: Marks) {
    this.gauge = new Pressure((under) => this.under.next(under)).gauge('', marks);
  }

  set(waiting: number): void {
    this.gauge.set(waiting);
  }
}
