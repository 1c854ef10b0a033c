import { type Gauge, type Holds, type Marks, Pressure, type StageHooks } from '../stage.js';
import type { Place, Stoppable, Stopping } from '../symbol/owner.js';

/** Characters of a tuple from which on it counts for more than one: a thousand of them are the 16 million that may wait. */
const HEAVY = 16_384;

/** The sources of a run, held back while it has more than it can work off. */
export class Intake {
  private readonly sources = new Set<Stoppable>();
  /** Those whose tuples are large now, and how many characters each of these has. */
  private readonly heavy = new Map<Stoppable, number>();
  /** How many characters the largest tuples have that come now: 0 while they are small. */
  size = 0;
  private readonly pressure = new Pressure((under, by) => (under ? this.pause(by) : this.resume()));

  /** `paused` hears which stage the sources are paused for. */
  constructor(private readonly paused: (by: string) => void) {}

  add(source: Stoppable): Place {
    this.sources.add(source);
    if (this.pressure.under) source.pause();
    return {
      size: (characters) => this.weigh(source, characters),
      left: () => {
        this.sources.delete(source);
        this.weigh(source, 0);
      },
    };
  }

  /**
   * What ties a stage to the sources: of what waits in it, with marks, and of what one value counts for. `holds` hears when it
   * begins and ends to hold them back.
   */
  hooks(name: string, marks?: Marks, holds?: Holds): Pick<StageHooks, 'gauge' | 'scale'> {
    return { gauge: marks && this.gauge(name, marks, holds), scale: this.pressure };
  }

  gauge(name: string | (() => string), marks: Marks, holds?: Holds): Gauge {
    return this.pressure.gauge(name, marks, holds);
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

  /** The heaviest tuples that come now count. */
  private weigh(source: Stoppable, characters: number): void {
    if (characters > HEAVY) this.heavy.set(source, characters);
    else this.heavy.delete(source);
    this.size = Math.max(0, ...this.heavy.values());
    this.pressure.weight = Math.max(1, this.size / HEAVY);
  }

  private pause(by: string): void {
    for (const source of this.sources) source.pause();
    // Last: who hears it may end what the sources wait for, and they go on before it returns.
    this.paused(by);
  }

  private resume(): void {
    for (const source of this.sources) {
      // What the one before it had read may be too much already.
      if (this.pressure.under) return;
      source.resume();
    }
  }
}
