import { BehaviorSubject } from 'rxjs';
import { type Gauge, type Marks, Pressure } from '../stage.js';

/** Whether one sink alone has more than it can work off. */
export class SinkPressure {
  /** Hot, replays the newest. */
  readonly under = new BehaviorSubject(false);
  private readonly pressure = new Pressure((under) => this.under.next(under));
  private readonly gauge: Gauge;

  constructor(marks: Marks) {
    this.gauge = this.pressure.gauge('', marks);
  }

  /** So many values wait, of which each counts for `weight`. */
  set(waiting: number, weight = 1): void {
    this.pressure.weight = weight;
    this.gauge.set(waiting);
  }
}
