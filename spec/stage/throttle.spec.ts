import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { Throttle } from '../../lib/stage/throttle.js';

describe('a throttle', () => {
  function start() {
    const clock = new VirtualTimeScheduler();
    const told: [number, number][] = [];
    const throttle = new Throttle(clock, (count) => told.push([clock.now(), count]));
    const noteAt = (...times: number[]) => times.forEach((time) => clock.schedule(() => throttle.note(), time));
    return { clock, told, throttle, noteAt };
  }

  it('tells the first at once, the next ones together when a second is over', () => {
    const { clock, told, noteAt } = start();
    noteAt(10, 20, 500, 1_500);
    clock.flush();
    expect(told).toEqual([
      [10, 1],
      [1_010, 2],
      [2_010, 1],
    ]);
  });

  it('is quick again after a quiet second', () => {
    const { clock, told, noteAt } = start();
    noteAt(0, 1_001);
    clock.flush();
    expect(told).toEqual([
      [0, 1],
      [1_001, 1],
    ]);
  });

  it('tells what is untold when it is flushed, once', () => {
    const { clock, told, throttle, noteAt } = start();
    noteAt(0, 1, 2);
    clock.schedule(() => throttle.flush(), 3);
    clock.flush();
    expect(told).toEqual([
      [0, 1],
      [3, 2],
    ]);
    expect(clock.now()).toBe(3);
  });
});
