/**
 * Runs variants of one job side by side: A B C A B C, since the same case varies by a factor of five on a shared
 * machine. What counts are the ratios within a round, not the figures of one run.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describeMachine, machineText } from './machine.js';
import { quietMoment } from './quiet.js';
import type { Findings, Measured, Metric, Result, Sample, Target } from './result.js';
import { readSettings, type Settings } from './settings.js';
import { tablesOf } from './rows.js';
import { textOf } from './text.js';

export type { Metric, Sample, Target } from './result.js';

export interface Variant extends Omit<Measured, 'samples' | 'failed'> {
  open(): Promise<Opened>;
}

/** A variant that is ready, and costs nothing while another one runs. */
export interface Opened {
  /** One measurement of about so many seconds. */
  run(seconds: number): Promise<Sample>;
  close(): Promise<void>;
}

export interface Comparison {
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly variants: readonly Variant[];
  /** What the ratios of the variants that are `ours` should be. */
  readonly targets?: readonly Target[];
  /** How often a round goes through the variants; default once. For short measurements. */
  readonly repeat?: number;
  /** Not with `--quick`. */
  readonly thorough?: boolean;
}

/** Longest step of a variant, in milliseconds. */
const PATIENCE = 60_000;

/** Runs the comparisons one after the other; prints a table each, and writes the findings to `--to`. */
export async function bench(name: string, comparisons: readonly Comparison[]): Promise<void> {
  const settings = readSettings();
  const machine = describeMachine();
  if (settings.text) {
    console.log(`\n${name}: ${settings.rounds} rounds of ${settings.seconds} s; ${machineText(machine)}`);
  }
  const results: Result[] = [];
  for (const comparison of comparisons) {
    if (!comparison.title.includes(settings.case) || (settings.quick && comparison.thorough === true)) continue;
    const result = await interleave(comparison, settings);
    results.push(result);
    if (settings.text) for (const table of tablesOf(name, [result])) console.log(textOf(table));
  }
  const findings: Findings = { name, settings, machine, results };
  if (settings.to !== undefined) writeFileSync(settings.to, JSON.stringify(findings));
  // A step without an end has left open what keeps the process alive.
  if (process.exitCode === 1) process.exit();
}

/** A variant on its way through the rounds. */
class Course {
  readonly samples: Sample[] = [];
  failed: string | undefined;
  private opened: Opened | undefined;

  constructor(
    readonly variant: Variant,
    private readonly title: string,
  ) {}

  get running(): boolean {
    return this.opened !== undefined && this.failed === undefined;
  }

  open(): Promise<void> {
    return this.attempt('opens', async () => {
      this.opened = await this.variant.open();
    });
  }

  /** Round 0 warms the code up and is thrown away. */
  round(number: number, seconds: number): Promise<void> {
    return this.attempt(`round ${number}`, async () => {
      const sample = await this.opened?.run(seconds);
      if (number > 0 && sample !== undefined) this.samples.push(sample);
    });
  }

  close(): Promise<void> {
    return this.attempt('closes', async () => this.opened?.close());
  }

  measured(): Measured {
    const { open: _, ...variant } = this.variant;
    return { ...variant, ...(this.failed === undefined ? {} : { failed: this.failed }), samples: this.samples };
  }

  /** What goes wrong ends this variant, and makes the program fail; the others go on. */
  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    progress(`${this.title}: ${what}, ${this.variant.name}`);
    try {
      await withDeadline(work());
    } catch (error) {
      this.failed ??= `${what}: ${error instanceof Error ? error.message : String(error)}`;
      process.exitCode = 1;
    }
  }
}

async function interleave(comparison: Comparison, settings: Settings): Promise<Result> {
  const { rounds, seconds, only, quick } = settings;
  const { title, metrics, variants, targets = [], repeat = 1 } = comparison;
  const courses = variants.map((variant) => new Course(variant, title));
  let loud = 0;
  for (const course of courses) {
    const { name, skip } = course.variant;
    if (skip === undefined && name.includes(only)) await course.open();
  }
  for (let round = 0; round <= rounds * repeat; round += 1) {
    for (const course of courses.filter(({ running }) => running)) {
      globalThis.gc?.();
      if (!quick && !(await quietMoment())) loud += 1;
      await course.round(round, seconds);
    }
  }
  await Promise.all(courses.map((course) => course.close()));
  progress('');
  return { title, metrics, targets, variants: courses.map((course) => course.measured()), loud };
}

/** What waits for ever would make the whole run do so. */
async function withDeadline(work: Promise<void>): Promise<void> {
  const ended = new AbortController();
  const late = pause(PATIENCE, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`no end after ${PATIENCE / 1000} s`);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
