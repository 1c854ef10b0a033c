import { expect, it } from '@jest/globals';
import { GoSinks } from '../../lib/control/go-sinks.js';
import { HandClock } from '../helpers/hand-clock.js';

it('sinks of Go are forgotten when they end, and when their process does', () => {
  const sinks = new GoSinks(new HandClock());
  sinks.starts('a');
  sinks.starts('b');
  expect([sinks.ends('a'), sinks.ends('a'), sinks.running]).toEqual([true, false, 1]);
  sinks.stops();
  expect([sinks.running, sinks.spinning]).toEqual([1, 1]);
  sinks.clear();
  expect([sinks.running, sinks.spinning]).toEqual([0, 0]);
});
