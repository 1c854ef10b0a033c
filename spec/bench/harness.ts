/**
 * Runs variants of one job side by side: A B C A B C, since the same case varies by a factor of five on a shared
 * machine. What counts are the ratios within a round, not the figures of one run.
 */
import { arch, cpus, release, type } from 'node:os';
import { parseArgs } from 'node:util';
import { quietMoment } from './quiet.js';
import { printTable } from './table.js';

/** What one variant did in one round, by the name of the metric. */
export type Sample = Readonly<Record<string, number>>;

export interface Metric {
  readonly name: string;
  /** Digits behind the point. */
  readonly digits?: number;
  /** Ratios of this metric mean nothing, so none is printed. */
  readonly plain?: boolean;
}

export interface Variant {
  readonly name: string;
  /** The others are also given as a ratio to this one. */
  readonly base?: string;
  /** Why it can not run here. */
  readonly skip?: string | undefined;
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
  /** How often a round goes through the variants; default once. For short measurements. */
  readonly repeat?: number;
}

export interface Settings {
  readonly json: boolean;
  readonly rounds: number;
  readonly seconds: number;
  /** Only variants whose name holds this text. */
  readonly only: string;
}

export interface Result {
  readonly comparison: Comparison;
  /** By variant, one sample per round; none for a variant that was skipped. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** How many measurements began while other processes kept the machine busy. */
  readonly loud: number;
}

/** Runs the comparisons one after the other and prints a table each, or one JSON document for all with `--json`. */
export async function bench(name: string, comparisons: readonly Comparison[]): Promise<void> {
  const settings = readSettings();
  const machine = describeMachine();
  if (!settings.json) console.log(`\n${name}: ${settings.rounds} rounds of ${settings.seconds} s; ${machine.text}`);
  const results: Result[] = [];
  for (const comparison of comparisons) {
    const result = await interleave(comparison, settings);
    results.push(result);
    if (!settings.json) printTable(result);
  }
  if (settings.json) console.log(JSON.stringify({ name, settings, machine, results: results.map(plainResult) }));
}

async function interleave(comparison: Comparison, settings: Settings): Promise<Result> {
  const { rounds, seconds, only } = settings;
  const { title, variants, repeat = 1 } = comparison;
  const samples = new Map<string, Sample[]>();
  const opened = new Map<string, Opened>();
  let loud = 0;
  try {
    for (const { name, skip, open } of variants) {
      if (skip === undefined && name.includes(only)) opened.set(name, await open());
    }
    // Round 0 warms the code up and is thrown away.
    for (let round = 0; round <= rounds * repeat; round += 1) {
      for (const [name, variant] of opened) {
        progress(`${title}: round ${round}, ${name}`);
        globalThis.gc?.();
        if (!(await quietMoment())) loud += 1;
        const sample = await variant.run(seconds);
        if (round > 0) samples.set(name, [...(samples.get(name) ?? []), sample]);
      }
    }
  } finally {
    progress('');
    await Promise.all([...opened.values()].map((variant) => variant.close()));
  }
  return { comparison, samples, loud };
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function readSettings(): Settings {
  const options = {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  } as const;
  const { values } = parseArgs({ options });
  return { ...values, rounds: positive(values.rounds), seconds: positive(values.seconds) };
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--rounds and --seconds take a number above 0, not "${text}"`);
  return number;
}

function describeMachine(): Readonly<Record<'cpu' | 'system' | 'node' | 'text', string>> & { readonly cores: number } {
  const cores = cpus().length;
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
  const system = `${type()} ${release()} ${arch()}`;
  const node = process.version;
  return { cpu, cores, system, node, text: `Node ${node}, ${cores} cores (${cpu}), ${system}` };
}

const plainResult = ({ comparison: { title, variants }, samples, loud }: Result): object => ({
  title,
  loud,
  variants: variants.map(({ name, skip }) =>
    skip === undefined ? { name, samples: samples.get(name) } : { name, skip },
  ),
});
