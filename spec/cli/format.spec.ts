import { describe, expect, it } from '@jest/globals';
import { ago, bytes, clockTime, count, span } from '../../lib/cli/format.js';

describe('figures for people', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [86_399_999, '23 h'],
    [86_400_000 * 400, '400 d'],
  ])('%d ms are %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1.0 KiB'],
    [1_536, '1.5 KiB'],
    [1_048_576, '1.0 MiB'],
    [5 * 1024 ** 3, '5.0 GiB'],
    [2 * 1024 ** 5, '2048.0 TiB'],
  ])('%d bytes are %s', (size, text) => {
    expect(bytes(size)).toBe(text);
  });

  it.each([
    [0, '0'],
    [0.4, '0'],
    [12_345.6, '12,346'],
    [999_999, '999,999'],
    [1_000_000, '1.0M'],
    [2_345_000_000, '2.3G'],
  ])('%d is counted as %s', (value, text) => {
    expect(count(value)).toBe(text);
  });

  it('says how long ago, of what has happened', () => {
    expect(ago(1_000, 4_000)).toBe('3 s ago');
    expect(ago(undefined, 4_000)).toBeUndefined();
  });

  it('writes times to the millisecond', () => {
    expect(clockTime(new Date(2026, 4, 4, 12, 3, 4, 123).getTime())).toBe('2026-05-04 12:03:04.123');
  });
});
