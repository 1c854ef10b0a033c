import { describe, expect, it } from '@jest/globals';
import { markdownOf } from './markdown.js';
import type { Findings, Measured, Result } from './result.js';
import { summaryOf, type Table, tablesOf } from './rows.js';
import { textOf } from './text.js';

const rates = (...values: number[]): Measured['samples'] => values.map((value) => ({ 'per s': value }));

const result = (variants: readonly Measured[], more: Partial<Result> = {}): Result => ({
  title: 'Go, 100 B',
  metrics: [{ name: 'per s' }],
  targets: [],
  loud: 0,
  variants,
  ...more,
});

const cell = (table: Table | undefined, name: string, key: string): string | undefined =>
  table?.rows.find((row) => row.name === name)?.cells.get(key);

describe('a table of a benchmark', () => {
  it('gives the median, its spread, and the median of the ratios within a round', () => {
    const bound: Measured = { name: 'bound', base: 'raw', samples: rates(100, 1_000, 10) };
    const [table] = tablesOf('source', [result([bound, { name: 'rule', samples: rates(90, 500, 8) }])]);
    expect(cell(table, 'rule', 'per s')).toBe('90');
    expect(cell(table, 'rule', 'per s spread')).toBe('(8 - 500)');
    expect(cell(table, 'rule', 'per s / raw')).toBe('0.80');
  });

  it('takes the slowest of several bases, and the sum of what they cost', () => {
    const part = (rate: number, cost: number): Measured => ({
      name: `part ${rate}`,
      base: 'alone',
      samples: [{ 'per s': rate, 'host µs': cost }],
    });
    const metrics = [{ name: 'per s' }, { name: 'host µs', joint: 'sum' }] as const;
    const chain: Measured = { name: 'rule', samples: [{ 'per s': 50, 'host µs': 6 }] };
    const [table] = tablesOf('rules', [result([part(100, 1), part(200, 2), chain], { metrics })]);
    expect(cell(table, 'rule', 'per s / alone')).toBe('0.50');
    expect(cell(table, 'rule', 'host µs / alone')).toBe('2.00');
  });

  it('says whether a target holds', () => {
    const bound: Measured = { name: 'bound', base: 'raw', samples: rates(100) };
    const rule: Measured = { name: 'rule', ours: true, samples: rates(80) };
    const verdict = (least: number): string | undefined => {
      const targets = [{ metric: 'per s', base: 'raw', least }];
      return cell(tablesOf('source', [result([bound, rule], { targets })])[0], 'rule', 'target');
    };
    expect(verdict(0.8)).toBe('holds');
    expect(verdict(0.85)).toBe('misses per s ≥ 0.85');
  });

  it('has targets that hold when another one does', () => {
    const variants: readonly Measured[] = [
      { name: 'part', base: 'alone', samples: rates(100) },
      { name: 'bound', base: 'cores', samples: rates(50) },
      { name: 'rule', ours: true, samples: rates(40) },
    ];
    const verdict = (ofAlone: number, ofCores: number): string | undefined => {
      const or = { metric: 'per s', base: 'cores', least: ofCores };
      const targets = [{ metric: 'per s', base: 'alone', least: ofAlone, or }];
      return cell(tablesOf('rules', [result(variants, { targets })])[0], 'rule', 'target');
    };
    expect(verdict(0.4, 0.9)).toBe('holds');
    expect(verdict(0.5, 0.8)).toBe('holds');
    expect(verdict(0.5, 0.9)).toBe('misses per s ≥ 0.5 of alone or 0.9 of cores');
  });

  it('names what was skipped and what was given up', () => {
    const variants: readonly Measured[] = [
      { name: 'rule', skip: 'no Go', samples: [] },
      { name: 'bound', failed: 'round 1: no tuple', samples: rates(1) },
    ];
    const [table] = tablesOf('source', [result(variants, { loud: 3 })]);
    expect(table?.rows.map(({ name }) => name)).toEqual(['rule (skipped: no Go)', 'bound (FAILED: round 1: no tuple)']);
    expect(table?.notes).toEqual(['3 measurements began on a busy machine']);
  });

  it('is printed with its figures in columns', () => {
    const [table] = tablesOf('source', [result([{ name: 'rule', samples: rates(1_234) }])]);
    if (table === undefined) throw new Error('no table');
    expect(textOf(table).split('\n')).toEqual(['', 'source  per s', 'Go, 100 B', '  rule  1,234  (1,234 - 1,234)']);
    expect(markdownOf(table)).toContain('| Go, 100 B | rule | 1,234 | (1,234 - 1,234) |');
  });
});

describe('the summary', () => {
  it('has the rows that are ours, of all benchmarks', () => {
    const findings = ['source', 'sink'].map((name) => {
      const variants = [
        { name: 'raw', samples: rates(1) },
        { name: 'rule', ours: true, samples: rates(1) },
      ];
      return { name, results: [result(variants)] } as unknown as Findings;
    });
    expect(summaryOf(findings).rows.map(({ name }) => name)).toEqual([
      'source, Go, 100 B: rule',
      'sink, Go, 100 B: rule',
    ]);
  });
});
