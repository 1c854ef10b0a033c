import { describe, expect, it } from '@jest/globals';
import { ReadRhythm } from '../../lib/sp/read-rhythm.js';

interface Read {
  readonly at: number;
  readonly bytes: number;
  readonly frames: number;
}

const one = (at: number, bytes = 109, frames = 1): Read => ({ at, bytes, frames });
/** `count` reads of one message each, `each` milliseconds apart. */
const reads = (count: number, each: number, bytes = 109): Read[] =>
  Array.from({ length: count }, (_, i) => one(i * each, bytes));
const flood = reads(16, 1 / 16);

/** After which of the reads there is a rest. */
function rests(read: readonly Read[]): number[] {
  const rhythm = new ReadRhythm();
  return read.flatMap(({ at, bytes, frames }, i) => (rhythm.rests(at, bytes, frames) ? [i] : []));
}

describe('the rhythm of reads', () => {
  it.each<[string, Read[], number[]]>([
    ['is broken by no rest while messages come one after the other', reads(100, 1), []],
    ['rests after the sixteenth small read within a millisecond', flood, [15]],
    ['does not when they take longer', reads(40, 0.1), []],
    ['does not for reads that bring much', reads(40, 0.01, 513), []],
    ['counts anew after one of these', [...reads(15, 0), one(0, 513), ...reads(15, 0)], []],
    ['looks at the next sixteen when these took longer', [...reads(16, 0.1), ...reads(16, 0).map(later(2))], [31]],
    ['rests again when many came in a rest, and the next read brings few', [...flood, much(2), one(2.1)], [15, 17]],
    ['does not rest while what it reads is much', [...flood, much(2), much(3), much(4)], [15]],
    ['rests at once after a little that came in a rest, of eight messages', [...flood, one(2, 480, 8)], [15, 16]],
    ['ends when a rest has brought fewer', [...flood, one(2, 500, 7), one(2.1), one(2.2)], [15]],
    ['begins again with a flood a little later', [...flood, one(2), ...reads(16, 0).map(later(3))], [15, 32]],
    ['and not before', [...flood, one(2), ...reads(40, 0).map(later(2.9))], [15]],
    [
      'waits twice as long after a second rest in vain',
      [...flood, one(2), ...reads(16, 0).map(later(3)), one(4), ...reads(40, 0).map(later(5.9))],
      [15, 32],
    ],
    [
      'and as at first again after one that was not',
      [...flood, one(2), ...reads(16, 0).map(later(10)), much(12), one(13), one(14), ...reads(16, 0).map(later(22))],
      [15, 32, 34, 51],
    ],
    [
      'hardly rests where each message waits for an answer',
      answered(5_000),
      [15, 52, 109, 205, 381, 718, 1_375, 2_672],
    ],
  ])('%s', (_, read, expected) => {
    expect(rests(read)).toEqual(expected);
  });
});

/** So many messages, 50 µs apart; a rest brings one. */
function answered(count: number): Read[] {
  const rhythm = new ReadRhythm();
  let at = 0;
  return Array.from({ length: count }, () => {
    const read = one(at);
    at += rhythm.rests(at, read.bytes, read.frames) ? 1 : 0.05;
    return read;
  });
}

function much(at: number): Read {
  return one(at, 20_000, 200);
}

function later(by: number): (read: Read) => Read {
  return (read) => ({ ...read, at: read.at + by });
}
