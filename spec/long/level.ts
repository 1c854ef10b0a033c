/** Whether something stays level while the same work is done over and over: its first quarter against its last. */
export interface Gauge {
  readonly name: string;
  /** In which unit it is printed. */
  readonly unit: 'KiB' | '';
  /** How much higher the last quarter may be; without it the gauge is shown only. */
  readonly slack?: number;
  read(): number;
}

export interface Verdict {
  readonly gauge: Gauge;
  readonly first: number;
  readonly last: number;
  /** Per thousand rounds, or per hour. */
  readonly slope: number;
  readonly level: boolean;
}

/** Fewer readings than this say nothing. */
const FEWEST = 8;

/** Reads all gauges now and then, and compares at the end. */
export class Levels {
  private readonly rounds: number[] = [];
  private readonly readings: readonly { readonly gauge: Gauge; readonly values: number[] }[];

  constructor(gauges: readonly Gauge[]) {
    this.readings = gauges.map((gauge) => ({ gauge, values: [] }));
  }

  read(round: number): void {
    this.rounds.push(round);
    for (const { gauge, values } of this.readings) values.push(gauge.read());
  }

  /** None after too few readings. */
  verdicts(): readonly Verdict[] {
    const { rounds } = this;
    if (rounds.length < FEWEST) return [];
    const quarter = Math.max(1, Math.floor(rounds.length / 4));
    const distance = middle(rounds.slice(-quarter)) - middle(rounds.slice(0, quarter));
    return this.readings.map(({ gauge, values }) => {
      const [first, last] = [middle(values.slice(0, quarter)), middle(values.slice(-quarter))];
      const level = gauge.slack === undefined || last - first <= gauge.slack;
      return { gauge, first, last, slope: ((last - first) / distance) * 1_000, level };
    });
  }
}

/** The median: one reading right after a collection, or before it, tells nothing. */
function middle(values: readonly number[]): number {
  // NaN while a plugin has no process.
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN)) / 2
  );
}
