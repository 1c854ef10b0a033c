import { Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import { type Gauge, type Holds, type Marks, Pressure, type StageHooks, Weights } from '../stage.js';
import type { Place, Stoppable, Stopping } from '../symbol/owner.js';

/** Characters of a tuple from which on it counts for more than one: a thousand of them are the 16 million that may wait. */
const HEAVY = 16_384;
/** No large tuple is expected of a source that has sent none for so many milliseconds, twice as many at most, and could have. */
const SILENCE = 10_000;

type Seat = Place & {
  weight: number;
  /** It has sent a large one since the last look. */
  isHeard: boolean;
};

/** The sources of a run, held back while it has more than it can work off. */
export class Intake {
  private readonly sources = new Set<Stoppable>();
  /** Those whose tuples are large now. */
  private readonly heavy = new Set<Seat>();
  private looks = Subscription.EMPTY;
  /** The sources were free to send for a moment since the last look. */
  private flowed = true;
  private readonly weights = new Weights();
  private readonly pressure = new Pressure((under, by) => (under ? this.pause(by) : this.resume()));

  /** `paused` hears which stage the sources are paused for. */
  constructor(
    private readonly clock: Clock,
    private readonly paused: (by: string) => void,
  ) {}

  add(source: Stoppable): Place {
    this.sources.add(source);
    if (this.pressure.under) source.pause();
    const seat: Seat = {
      weight: 1,
      isHeard: false,
      weights: this.weights,
      size: (characters) => this.weigh(seat, characters),
      left: () => {
        this.sources.delete(source);
        this.weigh(seat, 0);
      },
    };
    return seat;
  }

  /**
   * What ties a stage to the sources: of what waits in it, with marks, and of what one value counts for. `holds` hears when it
   * begins and ends to hold them back.
   */
  hooks(name: string, marks?: Marks, holds?: Holds): Pick<StageHooks, 'gauge' | 'scale'> {
    return { gauge: marks && this.gauge(name, marks, holds), scale: this.weights };
  }

  gauge(name: string | (() => string), marks: Marks, holds?: Holds): Gauge {
    return this.pressure.gauge(name, marks, holds);
  }

  /** How many characters a value has that comes now, as far as can be told: 0 where it is small. */
  get size(): number {
    const { weight } = this.weights;
    return weight === 1 ? 0 : weight * HEAVY;
  }

  /** There is something that can be held back. */
  get hasSources(): boolean {
    return this.sources.size > 0;
  }

  stop(): Stopping {
    const all = [...this.sources].map((source) => source.stop());
    return { read: Promise.all(all.map(({ read }) => read)), ended: Promise.all(all.map(({ ended }) => ended)) };
  }

  /** Lets go of what they still have. */
  complete(): void {
    for (const source of [...this.sources]) source.complete();
  }

  private weigh(seat: Seat, characters: number): void {
    seat.weight = Math.max(1, characters / HEAVY);
    seat.isHeard = true;
    if (seat.weight > 1) this.heavy.add(seat);
    else this.heavy.delete(seat);
    this.update();
  }

  private update(): void {
    const largest = Math.max(1, ...[...this.heavy].map(({ weight }) => weight));
    this.weights.largest = this.pressure.weight = largest;
    if (this.heavy.size === 0) this.looks.unsubscribe();
    else if (this.looks.closed) this.looks = every(this.clock, SILENCE, () => this.forget());
  }

  /** Of those that are silent nothing large is expected. */
  private forget(): void {
    for (const seat of this.heavy) {
      if (!seat.isHeard && this.flowed) this.heavy.delete(seat);
      seat.isHeard = false;
    }
    this.flowed = !this.pressure.under;
    this.update();
  }

  private pause(by: string): void {
    for (const source of this.sources) source.pause();
    // Last: who hears it may end what the sources wait for, and they go on before it returns.
    this.paused(by);
  }

  private resume(): void {
    this.flowed = true;
    for (const source of this.sources) {
      // What the one before it had read may be too much already.
      if (this.pressure.under) return;
      source.resume();
    }
  }
}
