/** Tables as cells: one row per variant, for each metric the median, its spread, and the median of the ratios to each base. */
import type { Findings, Measured, Metric, Result, Sample, Target } from './result.js';
import { median } from './stats.js';

export interface Row {
  /** Its case; empty where the name says all. */
  readonly group: string;
  readonly name: string;
  /** By column. */
  readonly cells: ReadonlyMap<string, string>;
}

export interface Table {
  readonly title: string;
  /** Those with a cell in some row, in the order in which they are printed. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

export interface Column {
  readonly key: string;
  readonly label: string;
}

interface Base {
  readonly name: string;
  readonly of: readonly (readonly Sample[])[];
}

const TARGET = 'target';

/** Results that have the same metrics share a table. */
export function tablesOf(name: string, results: readonly Result[]): readonly Table[] {
  const sets = new Map<string, Result[]>();
  for (const result of results) {
    const key = result.metrics.map((metric) => metric.name).join();
    sets.set(key, [...(sets.get(key) ?? []), result]);
  }
  return [...sets.values()].map((set) => tableOf(name, set, set.flatMap(rowsOf)));
}

/** One table over all benchmarks: of each case the rows that are ours. */
export function summaryOf(findings: readonly Findings[]): Table {
  const all = findings.flatMap(({ name, results }) => results.map((result) => ({ name, result })));
  const rows = all.flatMap(({ name, result }) => {
    const ours = new Set(result.variants.filter(({ ours }) => ours).map(({ name }) => name));
    return rowsOf(result)
      .filter((row) => ours.has(row.name))
      .map((row) => ({ ...row, group: '', name: `${name}, ${row.group}: ${row.name}` }));
  });
  const results = all.map(({ result }) => result);
  return { ...tableOf('summary', results, rows, columnsInBrief), notes: [] };
}

type ColumnsOf = (metric: Metric, bases: readonly string[]) => readonly Column[];

const figureColumn = ({ name }: Metric): Column => ({ key: name, label: name });

const ratioColumns: ColumnsOf = ({ name }, bases) =>
  bases.map((base) => ({ key: ratioKey(name, base), label: `/ ${base}` }));

const columnsInFull: ColumnsOf = (metric, bases) => [
  figureColumn(metric),
  { key: spreadKey(metric.name), label: '' },
  ...ratioColumns(metric, bases),
];

const columnsInBrief: ColumnsOf = (metric, bases) => {
  if (metric.brief === 'nothing') return [];
  return [figureColumn(metric), ...(metric.brief === 'figure' ? [] : ratioColumns(metric, bases))];
};

function tableOf(
  title: string,
  results: readonly Result[],
  rows: readonly Row[],
  columnsOf: ColumnsOf = columnsInFull,
): Table {
  const metrics = new Map(results.flatMap((result) => result.metrics.map((metric) => [metric.name, metric])));
  const bases = new Set(results.flatMap(({ variants }) => basesOf(variants).map((base) => base.name)));
  const all = [...metrics.values()].flatMap((metric) => columnsOf(metric, [...bases]));
  const columns = [...all, { key: TARGET, label: TARGET }].filter(({ key }) =>
    rows.some(({ cells }) => cells.has(key)),
  );
  const loud = results.reduce((sum, result) => sum + result.loud, 0);
  return { title, columns, rows, notes: loud > 0 ? [`${loud} measurements began on a busy machine`] : [] };
}

function rowsOf({ title, metrics, variants, targets }: Result): readonly Row[] {
  const bases = basesOf(variants);
  return variants.flatMap(({ name, skip, failed, samples, ours }): Row[] => {
    if (failed !== undefined) return [{ group: title, name: `${name} (FAILED: ${failed})`, cells: new Map() }];
    if (skip !== undefined) return [{ group: title, name: `${name} (skipped: ${skip})`, cells: new Map() }];
    if (samples.length === 0) return [];
    const cells = metrics.flatMap((metric) => cellsOf(metric, samples, bases));
    const verdict = ours === true ? verdictOf(targets, metrics, samples, bases) : [];
    return [{ group: title, name, cells: new Map([...cells, ...verdict]) }];
  });
}

function basesOf(variants: readonly Measured[]): readonly Base[] {
  const bases = new Map<string, (readonly Sample[])[]>();
  for (const { base, samples } of variants) {
    if (base !== undefined && samples.length > 0) bases.set(base, [...(bases.get(base) ?? []), samples]);
  }
  return [...bases].map(([name, of]) => ({ name, of }));
}

function cellsOf(metric: Metric, samples: readonly Sample[], bases: readonly Base[]): readonly [string, string][] {
  const { name, digits = 0, plain = false } = metric;
  const values = samples.flatMap((sample) => sample[name] ?? []);
  if (values.length === 0) return [];
  const middle = median(values);
  const shown = middle >= 1000 ? 0 : middle >= 100 ? Math.min(digits, 1) : digits;
  const figure = (value: number): string =>
    value.toLocaleString('en', { minimumFractionDigits: shown, maximumFractionDigits: shown });
  if (plain) return [[name, figure(middle)]];
  const ratios = bases.map((base): [string, number] => [ratioKey(name, base.name), ratio(metric, samples, base)]);
  return [
    [name, figure(middle)],
    [spreadKey(name), `(${figure(Math.min(...values))} - ${figure(Math.max(...values))})`],
    ...ratios.flatMap(([key, ratio]): [string, string][] => (Number.isNaN(ratio) ? [] : [[key, ratio.toFixed(2)]])),
  ];
}

/** Pairs of one round: what slows the machine down slows both. NaN without any. */
function ratio({ name, joint = 'least' }: Metric, samples: readonly Sample[], { of }: Base): number {
  const ratios = samples.map((sample, round) => {
    const parts = of.map((variant) => variant[round]?.[name] ?? NaN);
    const base = joint === 'sum' ? parts.reduce((sum, part) => sum + part) : Math.min(...parts);
    return (sample[name] ?? NaN) / base;
  });
  // A base may have been given up after some rounds.
  return median(ratios.filter((value) => !Number.isNaN(value)));
}

function verdictOf(
  targets: readonly Target[],
  metrics: readonly Metric[],
  samples: readonly Sample[],
  bases: readonly Base[],
): readonly [string, string][] {
  const verdicts = targets.flatMap((target) => {
    const held = holds(target, metrics, samples, bases);
    return held === undefined ? [] : [held ? 'holds' : `misses ${wanted(target)}`];
  });
  return verdicts.length === 0 ? [] : [[TARGET, [...new Set(verdicts)].join(', ')]];
}

/** Undefined where there is nothing to compare. */
function holds(
  { metric: name, base: baseName, least = -Infinity, most = Infinity, or }: Target,
  metrics: readonly Metric[],
  samples: readonly Sample[],
  bases: readonly Base[],
): boolean | undefined {
  const metric = metrics.find((metric) => metric.name === name);
  const base = bases.find((base) => base.name === baseName);
  if (metric === undefined || (base === undefined && baseName !== undefined)) return undefined;
  const found =
    base === undefined ? median(samples.map((sample) => sample[name] ?? NaN)) : ratio(metric, samples, base);
  const held = found >= least && found <= most;
  return held || (or !== undefined && holds(or, metrics, samples, bases) === true);
}

function wanted({ metric, base, least, most, or }: Target): string {
  const bound = least === undefined ? `≤ ${most}` : `≥ ${least}`;
  return or === undefined ? `${metric} ${bound}` : `${metric} ${bound} of ${base} or ${or.least} of ${or.base}`;
}

const spreadKey = (metric: string): string => `${metric} spread`;
const ratioKey = (metric: string, base: string): string => `${metric} / ${base}`;
