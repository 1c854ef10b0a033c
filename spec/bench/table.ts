import type { Metric, Result, Sample } from './harness.js';

/** One row per variant: for each metric the median, its spread, and the median of the ratios to each base. */
export function printTable({ comparison, samples, loud }: Result): void {
  const { title, metrics, variants } = comparison;
  const bases = variants.flatMap(({ name, base }) => {
    const of = samples.get(name);
    return base === undefined || of === undefined ? [] : [{ base, of }];
  });
  const head = [
    title,
    ...metrics.flatMap(({ name, plain }) => [name, '', ...(plain ? [] : bases.map(({ base }) => `/ ${base}`))]),
  ];
  const rows = variants.flatMap(({ name, skip }) => {
    const own = samples.get(name);
    if (own !== undefined) return [[name, ...metrics.flatMap((metric) => cells(metric, own, bases))]];
    return skip === undefined ? [] : [[name, `skipped: ${skip}`]];
  });
  console.log(`\n${aligned([head, ...rows])}`);
  if (loud > 0) console.log(`${loud} measurements began on a busy machine`);
}

function cells(
  { name, digits = 0, plain = false }: Metric,
  samples: readonly Sample[],
  bases: readonly { readonly of: readonly Sample[] }[],
): string[] {
  const values = samples.map((sample) => sample[name] ?? NaN);
  const figure = (value: number): string =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const spread = `(${figure(Math.min(...values))} - ${figure(Math.max(...values))})`;
  // Pairs of one round: what slows the machine down slows both.
  const ratio = ({ of }: { readonly of: readonly Sample[] }): string =>
    median(values.map((value, round) => value / (of[round]?.[name] ?? NaN))).toFixed(2);
  return [figure(median(values)), spread, ...(plain ? [] : bases.map(ratio))];
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** By linear interpolation; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at % 1);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const full = rows.filter((row) => row.length > 2);
  const width = (column: number): number => Math.max(...full.map((row) => row[column]?.length ?? 0));
  const nameWidth = Math.max(...rows.map(([name]) => name?.length ?? 0));
  const line = ([name = '', ...cells]: readonly string[]): string =>
    [
      name.padEnd(nameWidth),
      ...cells.map((cell, index) => (cells.length > 1 ? cell.padStart(width(index + 1)) : cell)),
    ].join('  ');
  return rows.map(line).join('\n');
}
