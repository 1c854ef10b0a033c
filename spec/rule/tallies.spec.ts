import { describe, expect, it } from '@jest/globals';
import { Tallies } from '../../lib/rule/tallies.js';
import type { SymbolNews, Tally } from '../../lib/symbol/owner.js';
import { HandClock } from '../helpers/hand-clock.js';

const dropped = (count: number, symbol = 'file', reason = 'overflow'): Tally => ({
  type: 'dropped',
  symbol,
  reason,
  count,
});
const paused = (count: number, symbol = 'sink file'): Tally => ({ type: 'paused', symbol, count });

function start() {
  const clock = new HandClock();
  const told: [number, SymbolNews][] = [];
  const tallies = new Tallies(clock, (news) => told.push([clock.now(), news]));
  return { clock, told, tallies };
}

describe('tallies', () => {
  it('are told at once, then once a second as a sum', () => {
    const { clock, told, tallies } = start();
    tallies.note(dropped(1));
    tallies.note(dropped(2));
    tallies.note(dropped(3));
    expect(told).toEqual([[0, dropped(1)]]);
    clock.advance(1_000);
    expect(told.slice(1)).toEqual([[1_000, dropped(5)]]);
    clock.advance(5_000);
    expect(told).toHaveLength(2);
    tallies.note(dropped(4));
    expect(told[2]).toEqual([6_000, dropped(4)]);
  });

  it.each<[string, Tally]>([
    ['symbol', dropped(1, 'other')],
    ['reason', dropped(1, 'file', 'kept')],
    ['kind', paused(1, 'file')],
  ])('are summed apart for another %s', (_, other) => {
    const { clock, told, tallies } = start();
    tallies.note(dropped(1));
    tallies.note(other);
    tallies.note(dropped(2));
    tallies.note(other);
    clock.advance(1_000);
    expect(told.map(([, news]) => news)).toEqual([dropped(1), other, dropped(2), other]);
  });

  it('are told when they are flushed, each once', () => {
    const { clock, told, tallies } = start();
    tallies.note(dropped(1));
    tallies.note(dropped(2));
    tallies.note(paused(1));
    tallies.note(paused(1));
    clock.advance(10);
    tallies.flush();
    tallies.flush();
    clock.advance(5_000);
    expect(told.slice(2)).toEqual([
      [10, dropped(2)],
      [10, paused(1)],
    ]);
  });
});
