import { describe, expect, it } from '@jest/globals';
import { type Gauge, type Marks, Pressure } from '../../lib/stage/pressure.js';
import { Stage } from '../../lib/stage/stage.js';

const marks: Marks = { high: 10, low: 3 };

function start(all: Readonly<Record<string, Marks>>) {
  const told: string[] = [];
  const pressure = new Pressure((under, by) => told.push(`${under ? 'rise' : 'settle'} ${by}`));
  const gauges = new Map(Object.entries(all).map(([name, one]): [string, Gauge] => [name, pressure.gauge(name, one)]));
  /** What is told when so many wait in that stage. */
  const set = (name: string, waiting: number): readonly string[] => {
    told.length = 0;
    gauges.get(name)?.set(waiting);
    return [...told];
  };
  return { pressure, set };
}

type Row = readonly [name: string, waiting: number, told: readonly string[], under: boolean];

const tables: Readonly<Record<string, { readonly stages: Readonly<Record<string, Marks>>; readonly rows: Row[] }>> = {
  'one stage: rises above high, settles at low, and is told each once': {
    stages: { a: marks },
    rows: [
      ['a', 0, [], false],
      ['a', 10, [], false],
      ['a', 11, ['rise a'], true],
      ['a', 12, [], true],
      ['a', 10, [], true],
      ['a', 4, [], true],
      ['a', 11, [], true],
      ['a', 3, ['settle a'], false],
      ['a', 2, [], false],
      ['a', 10, [], false],
      ['a', 11, ['rise a'], true],
      ['a', 0, ['settle a'], false],
    ],
  },
  'two stages: any is enough, all have to settle': {
    stages: { a: marks, b: marks },
    rows: [
      ['a', 11, ['rise a'], true],
      ['b', 11, [], true],
      ['a', 0, [], true],
      ['a', 11, [], true],
      ['b', 0, [], true],
      ['a', 3, ['settle a'], false],
    ],
  },
  'a stage between its marks asks for nothing, but is waited for': {
    stages: { a: marks, b: marks },
    rows: [
      ['b', 4, [], false],
      ['a', 11, ['rise a'], true],
      ['a', 0, [], true],
      ['b', 10, [], true],
      ['b', 3, ['settle b'], false],
    ],
  },
  'a high mark of nothing: one that waits is too many': {
    stages: { a: { high: 0, low: 0 } },
    rows: [
      ['a', 1, ['rise a'], true],
      ['a', 0, ['settle a'], false],
    ],
  },
  'marks without end: it asks for nothing, and nobody waits for it': {
    stages: { a: { high: Infinity, low: Infinity }, b: marks },
    rows: [
      ['a', 1e9, [], false],
      ['b', 11, ['rise b'], true],
      ['b', 0, ['settle b'], false],
    ],
  },
  'equal marks': {
    stages: { a: { high: 5, low: 5 } },
    rows: [
      ['a', 5, [], false],
      ['a', 6, ['rise a'], true],
      ['a', 5, ['settle a'], false],
    ],
  },
};

describe('pressure', () => {
  it.each(Object.entries(tables))('%s', (_, { stages, rows }) => {
    const { pressure, set } = start(stages);
    const seen = rows.map(([name, waiting]): Row => [name, waiting, set(name, waiting), pressure.under]);
    expect(seen).toEqual(rows);
  });

  it('is right when what it tells changes it', () => {
    const told: boolean[] = [];
    const pressure: Pressure = new Pressure((under) => {
      told.push(under);
      // Who hears that it settled brings in more at once; who hears that it rose takes that away.
      if (told.length < 4) gauge.set(under ? 0 : 11);
    });
    const gauge = pressure.gauge('a', marks);
    gauge.set(11);
    expect(told).toEqual([true, false, true, false]);
    expect(pressure.under).toBe(false);
  });

  it('tells each stage from when on, and until when, the sources wait for it', () => {
    const told: string[] = [];
    const pressure = new Pressure(() => undefined);
    const [a, b] = ['a', 'b'].map((name) => pressure.gauge(name, marks, (holds) => told.push(`${name} ${holds}`)));
    const steps: [Gauge | undefined, number][] = [
      [b, 4],
      [b, 3],
      [b, 4],
      [a, 11],
      [a, 12],
      [a, 2],
      [a, 4],
      [b, 0],
      [b, 5],
      [b, 0],
      [a, 0],
      [a, 9],
    ];
    const heard = steps.map(([gauge, waiting]) => {
      told.length = 0;
      gauge?.set(waiting);
      return [...told];
    });
    const [, , , rise, , low, again, bLow, bBusy, bOut, settle] = heard;
    expect(heard.slice(0, 3)).toEqual([[], [], []]);
    // The one between its marks is waited for as well.
    expect(rise).toEqual(['b true', 'a true']);
    expect([low, again, bLow, bBusy, bOut, settle]).toEqual([
      ['a false'],
      ['a true'],
      ['b false'],
      ['b true'],
      ['b false'],
      ['a false'],
    ]);
    expect([heard[4], heard[11]]).toEqual([[], []]);
  });

  it('forgets a stage that has ended, however much it held', () => {
    const told: boolean[] = [];
    const pressure = new Pressure((under) => told.push(under));
    const [one, other] = ['one', 'other'].map(
      (name) => new Stage('queue', name, undefined, { gauge: pressure.gauge(name, marks) }),
    );
    one?.weigh(11);
    other?.weigh(4);
    one?.end();
    expect(told).toEqual([true]);
    other?.end();
    expect(told).toEqual([true, false]);
  });
});

describe('what waits in a stage', () => {
  it('is remembered at its peak, with pressure and without', () => {
    const stage = new Stage('queue', 'here');
    for (const waiting of [1, 7, 3, 0]) stage.weigh(waiting);
    stage.end();
    expect(stage.peak).toBe(7);
  });
});
