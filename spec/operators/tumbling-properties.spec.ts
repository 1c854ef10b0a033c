import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import { isBalanced } from '../../lib/stage.js';
import { tumbling, type Values, type Window } from '../../operators/index.js';
import { recordStages } from '../helpers/record-stages.js';

interface Reading {
  readonly id: number;
  readonly at: number;
  readonly key: string;
  readonly partition: string;
}
type Readings = Window<string> & Values<Reading>;

const readings = fc
  .array(
    fc.record({
      at: fc.integer({ min: -60, max: 200 }),
      key: fc.constantFrom('k', 'l'),
      partition: fc.constantFrom('p', 'q'),
    }),
    { maxLength: 60 },
  )
  .map((all) => all.map((reading, id): Reading => ({ ...reading, id })));
const sizes = fc.integer({ min: 1, max: 40 });
const delays = fc.integer({ min: 0, max: 50 });

const eventTime = {
  at: (reading: Reading) => reading.at,
  key: (reading: Reading) => reading.key,
  partition: (reading: Reading) => reading.partition,
};

/** Which values are late, by the letter of the definition. */
function lateOnes(all: readonly Reading[], size: number, maxDelay: number): Reading[] {
  const newest = new Map<string, number>();
  let watermark = -Infinity;
  return all.filter(({ at, partition }) => {
    newest.set(partition, Math.max(newest.get(partition) ?? -Infinity, at));
    watermark = Math.max(watermark, Math.min(...newest.values()) - maxDelay);
    return (Math.floor(at / size) + 1) * size <= watermark;
  });
}

const ids = (all: readonly Reading[]): number[] => all.map(({ id }) => id).sort((a, b) => a - b);
const isInside = ({ start, end, key }: Readings, reading: Reading): boolean =>
  start <= reading.at && reading.at < end && reading.key === key;
const firstSeen = ({ values }: Readings): number => values[0]?.id ?? NaN;
const name = ({ start, key }: Readings): string => `${start} ${key}`;

function run(all: readonly Reading[], size: number, maxDelay: number, maxValues: number) {
  const { stages, inRule } = recordStages();
  const late: Reading[] = [];
  const source = new Subject<Reading>();
  const windows: Readings[] = [];
  const options = { ...eventTime, maxDelay, maxValues, late: (reading: Reading) => late.push(reading) };
  inRule(source.pipe(tumbling(size, options))).subscribe((window) => windows.push(window));
  const isAlwaysBalanced = all.every((reading) => {
    source.next(reading);
    return stages.every((stage) => isBalanced(stage.counts()));
  });
  const held = stages[0]?.counts().inFlight ?? 0;
  source.complete();
  return { windows, late, held, isAlwaysBalanced, end: stages[0]?.counts() };
}

describe('tumbling, whatever the values', () => {
  it('puts each value into its one window, or it is late', () => {
    fc.assert(
      fc.property(readings, sizes, delays, (all, size, maxDelay) => {
        const { windows, late, isAlwaysBalanced, end } = run(all, size, maxDelay, Infinity);
        const inside = windows.flatMap(({ values }) => values);

        expect(ids([...inside, ...late])).toEqual(ids(all));
        expect(ids(late)).toEqual(ids(lateOnes(all, size, maxDelay)));
        expect(windows.every((window) => window.values.every((reading) => isInside(window, reading)))).toBe(true);
        expect(windows.every(({ start, end }) => start % size === 0 && end === start + size)).toBe(true);
        expect(new Set(windows.map(name)).size).toBe(windows.length);
        expect(windows).toEqual([...windows].sort((a, b) => a.start - b.start || firstSeen(a) - firstSeen(b)));
        expect(windows.map(({ values }) => ids(values))).toEqual(
          windows.map(({ values }) => values.map(({ id }) => id)),
        );
        expect(isAlwaysBalanced).toBe(true);
        expect(end).toMatchObject({ received: all.length, passed: all.length, inFlight: 0 });
      }),
    );
  });

  it('loses nothing at maxValues, and calls a window whole only if it is', () => {
    fc.assert(
      fc.property(readings, sizes, delays, fc.integer({ min: 1, max: 12 }), (all, size, maxDelay, maxValues) => {
        const { windows, late, held, isAlwaysBalanced } = run(all, size, maxDelay, maxValues);
        const inside = windows.flatMap(({ values }) => values);
        const times = new Map<string, number>();
        for (const window of windows) times.set(name(window), (times.get(name(window)) ?? 0) + 1);

        expect(ids([...inside, ...late])).toEqual(ids(all));
        expect(ids(late)).toEqual(ids(lateOnes(all, size, maxDelay)));
        expect(windows.filter((window) => !window.partial && times.get(name(window)) !== 1)).toEqual([]);
        expect(held).toBeLessThan(maxValues);
        expect(windows.filter(({ values }) => values.length > maxValues)).toEqual([]);
        expect(isAlwaysBalanced).toBe(true);
      }),
    );
  });

  it('puts each value into the window in which it arrives, in processing time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }), sizes, (gaps, size) => {
        const scheduler = new VirtualTimeScheduler();
        const source = new Subject<number>();
        const windows: (Window & Values<number> & { at: number })[] = [];
        source
          .pipe(tumbling(size, { scheduler }))
          .subscribe((window) => windows.push({ ...window, at: scheduler.now() }));
        const arrivals: number[] = [];
        gaps.reduce((time, gap) => {
          const next = time + gap;
          arrivals.push(next);
          scheduler.schedule(() => source.next(next), next);
          return next;
        }, 0);
        scheduler.flush();

        expect(windows.flatMap(({ values }) => values)).toEqual(arrivals);
        expect(windows.filter(({ start, end, values }) => values.some((time) => time < start || time >= end))).toEqual(
          [],
        );
        expect(windows.filter(({ at, end, partial }) => partial || at !== end)).toEqual([]);
        expect(new Set(windows.map(({ start }) => start)).size).toBe(windows.length);
      }),
    );
  });
});
