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

export interface Variant extends Omit<Measured, 'samples'> {
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

/** Longest measurement, in milliseconds. */
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
}

async function interleave(comparison: Comparison, settings: Settings): Promise<Result> {
  const { rounds, seconds, only, quick } = settings;
  const { title, metrics, variants, targets = [], repeat = 1 } = comparison;
  const samples = new Map<string, Sample[]>();
  const opened = new Map<string, Opened>();
  let loud = 0;
  try {
    for (const { name, skip, open } of variants) {
      progress(`${title}: ${name} opens`);
      if (skip === undefined && name.includes(only)) opened.set(name, await open());
    }
    // Round 0 warms the code up and is thrown away.
    for (let round = 0; round <= rounds * repeat; round += 1) {
      for (const [name, variant] of opened) {
        progress(`${title}: round ${round}, ${name}`);
        globalThis.gc?.();
        if (!quick && !(await quietMoment())) loud += 1;
        const sample = await withDeadline(`${title}, ${name}`, variant.run(seconds));
        if (round > 0) samples.set(name, [...(samples.get(name) ?? []), sample]);
      }
    }
  } finally {
    progress('');
    await Promise.all([...opened.values()].map((variant) => variant.close()));
  }
  const measured = variants.map(({ name, base, ours, skip }): Measured => ({
    name,
    ...(base === undefined ? {} : { base }),
    ...(ours === undefined ? {} : { ours }),
    ...(skip === undefined ? {} : { skip }),
    samples: samples.get(name) ?? [],
  }));
  return { title, metrics, targets, variants: measured, loud };
}

/** What waits for ever would make the whole run do so. */
async function withDeadline<T>(what: string, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = pause(PATIENCE, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`${what}: no end after ${PATIENCE / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
