import { expect, it } from '@jest/globals';
import { type Remedy, remedyFor, type Spinning } from '../../lib/control/spinning.js';

const LONG_AGO = Infinity;

it.each<[string, Spinning, Remedy]>([
  ['leaves a process alone in which none spins', { sinks: 0, idle: true, since: LONG_AGO }, { do: 'nothing' }],
  ['starts one anew that nobody uses', { sinks: 1, idle: true, since: LONG_AGO }, { do: 'recycle' }],
  ['starts one anew that nobody uses, however often', { sinks: 1, idle: true, since: 0 }, { do: 'recycle' }],
  ['leaves one alone that rules use when two spin', { sinks: 2, idle: false, since: LONG_AGO }, { do: 'nothing' }],
  ['has one replaced that rules use when three spin', { sinks: 3, idle: false, since: LONG_AGO }, { do: 'renew' }],
  ['does so a minute after the last time', { sinks: 12, idle: false, since: 60_000 }, { do: 'renew' }],
  ['waits for that', { sinks: 12, idle: false, since: 59_000 }, { do: 'wait', for: 1_000 }],
])('%s', (_, spinning, remedy) => {
  expect(remedyFor(spinning)).toEqual(remedy);
});
