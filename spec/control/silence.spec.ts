import { describe, expect, it } from '@jest/globals';
import { LOOK_STEP, newSilence, nextSilence, type SilenceEvent, type Verdict } from '../../lib/control/silence.js';

const keepalive = (at: number): SilenceEvent => ({ type: 'heard', keepalive: true, at });
const answer = (at: number): SilenceEvent => ({ type: 'heard', keepalive: false, at });
const look = (at: number, busy = false, stopped = false): SilenceEvent => ({ type: 'look', busy, stopped, at });
/** Looks every 5 s, from after `from` up to `to`. */
const looks = (from: number, to: number, busy = false, stopped = false): SilenceEvent[] =>
  Array.from({ length: Math.floor((to - from) / LOOK_STEP) }, (_, i) =>
    look(from + (i + 1) * LOOK_STEP, busy, stopped),
  );

/** What is said of `events`, other than that all is fine. */
function verdicts(events: readonly SilenceEvent[]): (readonly [Verdict, number])[] {
  const said: (readonly [Verdict, number])[] = [];
  let silence = newSilence(0);
  for (const event of events) {
    const [next, verdict] = nextSilence(silence, event);
    silence = next;
    if (verdict !== 'fine') said.push([verdict, event.at]);
  }
  return said;
}

const shown = [keepalive(5_000), look(5_000), keepalive(10_000), look(10_000)];

describe('silence', () => {
  it.each<[string, SilenceEvent[], (readonly [Verdict, number])[]]>([
    ['means nothing of an SDK that never says anything by itself', looks(0, 600_000), []],
    ['means nothing after one keepalive', [keepalive(5_000), ...looks(0, 600_000)], []],
    [
      'is told after 30 s, and taken for death after 40 s',
      [...shown, ...looks(10_000, 75_000)],
      [
        ['quiet', 40_000],
        ['hung', 50_000],
      ],
    ],
    [
      'of an SDK that never says anything counts from where its process was stopped',
      [...looks(0, 100_000), ...looks(100_000, 145_000, false, true)],
      [
        ['quiet', 130_000],
        ['hung', 140_000],
      ],
    ],
    [
      'means nothing when the process goes on in time',
      [...looks(0, 39_000, false, true), ...looks(35_000, 600_000)],
      [['quiet', 30_000]],
    ],
    ['means nothing while a command is out to a stopped process', looks(0, 600_000, true, true), []],
    [
      'ends with a word',
      [...shown, ...looks(10_000, 45_000), answer(46_000), ...looks(45_000, 75_000)],
      [['quiet', 40_000]],
    ],
    [
      'is told again after a word',
      [...shown, ...looks(10_000, 45_000), answer(46_000), ...looks(45_000, 80_000)],
      [
        ['quiet', 40_000],
        ['quiet', 80_000],
      ],
    ],
    ['means nothing while a command is out', [...shown, ...looks(10_000, 600_000, true)], []],
    [
      'counts from the end of the command',
      [...shown, ...looks(10_000, 100_000, true), ...looks(100_000, 130_000)],
      [['quiet', 130_000]],
    ],
    ['means nothing when the host itself was asleep', [...shown, look(500_000), look(505_000)], []],
    ['means nothing when the clock went back', [...shown, look(2_000), ...looks(2_000, 27_000)], []],
  ])('%s', (_, events, said) => {
    expect(verdicts(events)).toEqual(said);
  });
});
