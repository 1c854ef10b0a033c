import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { tumbling } from '../../operators/index.js';
import { marbles } from '../helpers/marbles.js';
import { TimerCounter } from '../helpers/timer-counter.js';
import { part, whole } from '../helpers/windows.js';

interface Reading {
  readonly t: number;
  readonly line: string;
}
const at = ({ t }: Reading): number => t;
const partition = ({ line }: Reading): string => line;

// Line a is ahead, line b behind.
const a = { t: 5, line: 'a' };
const A = { t: 25, line: 'a' };
const Z = { t: 45, line: 'a' };
const b = { t: 6, line: 'b' };
const B = { t: 15, line: 'b' };
const C = { t: 27, line: 'b' };
const values = { a, A, Z, b, B, C };

describe('tumbling with partitions', () => {
  it(
    'follows the slowest one',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-A-B-|', values);
      const subs = '       ^--------!';
      const expected = '   -------x-(yz|)';

      expectObservable(source.pipe(tumbling(10, { at, partition }))).toBe(expected, {
        x: whole(0, a, b),
        y: part(10, B),
        z: part(20, A),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'does not go back for a new one',
    marbles(({ cold, expectObservable }) => {
      const late = new Subject<Reading>();
      const source = cold('-a-A-b-|', values);
      const expected = '   ---x---(y|)';
      const aside = '      -----b--';

      expectObservable(late).toBe(aside, values);
      expectObservable(source.pipe(tumbling(10, { at, partition, late }))).toBe(expected, {
        x: whole(0, a),
        y: part(20, A),
      });
    }),
  );

  it(
    'goes on without one that is silent for idle',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      // b speaks at 3 and holds the first window until 3 + 8.
      const source = cold('-a-b---A-------------', values);
      const subs = '       ^--------------------';
      const expected = '   -----------x---------';

      expectObservable(source.pipe(tumbling(10, { at, partition, idle: 8 }))).toBe(expected, { x: whole(0, a, b) });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'waits for one that keeps speaking, and again for one that speaks again',
    marbles(({ cold, expectObservable }) => {
      const source = cold('b-A-b---b---A-----------C-Z--|', values);
      const expected = '   ----------------x------------(yz|)';

      expectObservable(source.pipe(tumbling(10, { at, partition, idle: 8 }))).toBe(expected, {
        x: whole(0, b, b, b),
        y: part(20, A, A, C),
        z: part(40, Z),
      });
    }),
  );

  it(
    'lets one go exactly idle after its last value, however often that is put off',
    marbles(({ cold, expectObservable }) => {
      const source = cold('b--b-A-------------b--A--------', values);
      const expected = '   -----------x-------------------';

      expectObservable(source.pipe(tumbling(10, { at, partition, idle: 8 }))).toBe(expected, { x: whole(0, b, b) });
    }),
  );

  it(
    'watches again after all were silent',
    marbles(({ cold, expectObservable }) => {
      const source = cold('b-----------C--Z-------|', values);
      const expected = '   ------------x-------y--(z|)';

      expectObservable(source.pipe(tumbling(10, { at, partition, idle: 8 }))).toBe(expected, {
        x: whole(0, b),
        y: whole(20, C),
        z: part(40, Z),
      });
    }),
  );

  it(
    'comes as far as the furthest when all are silent, and no further',
    marbles(({ cold, expectObservable, flush }) => {
      const scheduler = new TimerCounter();
      const source = cold('-bA-----------------|', values);
      const expected = '   ---------x----------(y|)';

      expectObservable(source.pipe(tumbling(10, { at, partition, idle: 8, scheduler }))).toBe(expected, {
        x: whole(0, b),
        y: part(20, A),
      });
      flush();
      expect(scheduler.pending).toBe(0);
    }),
  );

  it(
    'comes as far as the furthest when that one fell silent first',
    marbles(({ cold, expectObservable }) => {
      const source = cold('b-A----b---------|', values);
      const expected = '   ---------------x-(y|)';

      expectObservable(source.pipe(tumbling(10, { at, partition, idle: 8 }))).toBe(expected, {
        x: whole(0, b, b),
        y: part(20, A),
      });
    }),
  );

  it(
    'frees its timer on unsubscribe and on completion',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const scheduler = new TimerCounter();
      const source = cold('-A--|', values);
      const subs = ['      ^-!', '^---!'];
      const windows = source.pipe(tumbling(10, { at, partition, idle: 8, scheduler }));

      expectObservable(windows, '--!').toBe('---');
      expectObservable(windows).toBe('----(y|)', { y: part(20, A) });
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(scheduler.pending).toBe(0);
    }),
  );
});
