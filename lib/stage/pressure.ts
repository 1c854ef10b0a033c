/** Of the values that wait in a stage: above `high` it asks for a pause of the sources, at `low` or less it is content. */
export interface Marks {
  readonly high: number;
  readonly low: number;
}

/**
 * Whether a rule has more than it can work off: from when one of its stages is above its high mark until all of them are
 * at their low marks or below.
 */
export class Pressure {
  /** What each that waits counts for, against the marks: more than 1 while values are so large that few fill the memory. */
  weight = 1;
  private isUnder = false;
  /** The stages that are above their low marks. */
  private readonly busy = new Set<{ readonly holds: Holds }>();

  /** `changed` hears each change on the tick on which it happens; `by` names the stage that rose above its mark. */
  constructor(private readonly changed: (under: boolean, by: string) => void) {}

  get under(): boolean {
    return this.isUnder;
  }

  /**
   * A name that is asked for: of a stage in which one of several queues decides. `holds` hears from when on, and until when,
   * the sources wait for this stage, alone or with others.
   */
  gauge(name: Name, marks: Marks, holds: Holds = () => undefined): Gauge {
    const stage = { holds };
    let busy = false;
    return {
      set: (waiting) => {
        const load = waiting * this.weight;
        if (load > marks.low !== busy) {
          busy = !busy;
          if (busy) this.busy.add(stage);
          else this.busy.delete(stage);
          if (this.isUnder) holds(busy);
        }
        if (load > marks.high) this.rise(name);
        else if (this.busy.size === 0) this.settle(name);
      },
    };
  }

  private rise(name: Name): void {
    if (this.isUnder) return;
    this.isUnder = true;
    for (const { holds } of this.busy) holds(true);
    this.changed(true, textOf(name));
  }

  private settle(name: Name): void {
    if (!this.isUnder) return;
    this.isUnder = false;
    this.changed(false, textOf(name));
  }
}

type Name = string | (() => string);

export type Holds = (holds: boolean) => void;

const textOf = (name: Name): string => (typeof name === 'string' ? name : name());

/** Where one stage tells how many values wait in it. */
export interface Gauge {
  set(waiting: number): void;
}
