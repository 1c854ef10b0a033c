import type { UpdateReport } from '../../../lib/index.js';
import type { Sample } from '../harness.js';

/** Something that goes on while its plugin is updated. */
export interface Load {
  /** Ends it; what it noticed of an update that took from `start` to `end`, as `performance.now` has it. */
  end(start: number, end: number, report: UpdateReport): Promise<Sample>;
}

/** 0 of nothing. */
export const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** What an update must not cost: it makes the benchmark fail, at its end. */
export function mustBeZero(name: string, value: number): Sample {
  if (value !== 0) process.exitCode = 1;
  return { [name]: value };
}
