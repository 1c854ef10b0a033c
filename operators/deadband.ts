import { filter, type MonoTypeOperatorFunction } from 'rxjs';
import { operatorOption } from '../lib/errors.js';
import { lifted } from './lifted.js';

/**
 * Drops a reading that lies within `width` of the last one emitted. The first one is emitted; so is one exactly `width`
 * away, hence `deadband(0)` drops nothing.
 *
 * `select` names the number of a value that is more than a number. What it throws becomes the error of the stream.
 *
 * `NaN`, a sensor's "no reading", is far from every number and equal to itself: the first `NaN` is emitted, those after it
 * are dropped, and the next number is emitted. Each infinity likewise.
 *
 * `ERR_OPERATOR_OPTION` is thrown at once unless `width` is a finite number from 0 up.
 *
 * ```ts
 * temperature.pipe(deadband(0.5)) // 20.0, 20.3, 20.6 → 20.0, 20.6
 * readings.pipe(deadband(0.5, (reading) => reading.celsius))
 * ```
 */
export function deadband(width: number): MonoTypeOperatorFunction<number>;
export function deadband<T>(width: number, select: (value: T) => number): MonoTypeOperatorFunction<T>;
export function deadband<T>(
  width: number,
  select: (value: T) => number = (value) => value as number,
): MonoTypeOperatorFunction<T> {
  if (!(width >= 0 && width < Infinity))
    throw operatorOption('deadband', `width is ${width}: give a number, 0 or more`);
  return lifted((source, subscriber) => {
    // Belongs to one subscription, not to the operator.
    let last: number | undefined;
    const isNews = (value: T): boolean => {
      const reading = select(value);
      if (last !== undefined && distance(reading, last) < width) return false;
      last = reading;
      return true;
    };
    source.pipe(filter(isNews)).subscribe(subscriber);
  });
}

/** 0 between equal readings, which `NaN - NaN` and `Infinity - Infinity` are not; `NaN` is within no width. */
const distance = (a: number, b: number): number => (Object.is(a, b) ? 0 : Math.abs(a - b));
