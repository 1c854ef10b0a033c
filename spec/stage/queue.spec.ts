import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Queue } from '../../lib/stage/queue.js';

interface Step {
  readonly name: string;
  /** Does the same to the queue and to an array; what both answer must be equal. */
  readonly act: (queue: Queue<number>, model: number[]) => readonly [unknown, unknown];
}

const answerless = (name: string, act: (queue: Queue<number>, model: number[]) => void): Step => ({
  name,
  act: (queue, model) => {
    act(queue, model);
    return [undefined, undefined];
  },
});

const steps = fc.oneof(
  { weight: 6, arbitrary: fc.integer().map((value) => answerless(`push ${value}`, push(value))) },
  { weight: 3, arbitrary: fc.integer().map((value) => answerless(`unshift ${value}`, unshift(value))) },
  { weight: 3, arbitrary: step('shift', (queue, model) => [queue.shift(), model.shift()]) },
  { weight: 2, arbitrary: step('pop', (queue, model) => [queue.pop(), model.pop()]) },
  { weight: 3, arbitrary: fc.nat(100).map((at) => ({ name: `at ${at}`, act: look(at) })) },
  { weight: 2, arbitrary: fc.integer({ min: 2, max: 5 }).map((by) => answerless(`keep but ${by}`, keep(by))) },
  { weight: 1, arbitrary: step('clear', (queue, model) => [queue.clear(), model.splice(0).length]) },
);

function step(name: string, act: Step['act']): fc.Arbitrary<Step> {
  return fc.constant({ name, act });
}

function push(value: number) {
  return (queue: Queue<number>, model: number[]): void => {
    queue.push(value);
    model.push(value);
  };
}

function unshift(value: number) {
  return (queue: Queue<number>, model: number[]): void => {
    queue.unshift(value);
    model.unshift(value);
  };
}

function keep(by: number) {
  return (queue: Queue<number>, model: number[]): void => {
    const wanted = (value: number): boolean => value % by !== 0;
    queue.keep(wanted);
    model.splice(0, model.length, ...model.filter(wanted));
  };
}

function look(at: number): Step['act'] {
  return (queue, model) => [queue.at(at), model[at]];
}

describe('a queue', () => {
  it('does what an array does', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 200, size: 'max' }), (all) => {
        const queue = new Queue<number>();
        const model: number[] = [];
        for (const { act } of all) {
          const [answer, expected] = act(queue, model);
          expect(answer).toBe(expected);
          expect(queue).toHaveLength(model.length);
        }
        expect(model.map((_, at) => queue.at(at))).toEqual(model);
      }),
    );
  });

  it('keeps its order when it grows from within its ring', () => {
    const queue = new Queue<number>();
    const taken: (number | undefined)[] = [];
    for (let i = 0; i < 10; i += 1) queue.push(i);
    for (let i = 0; i < 10; i += 1) taken.push(queue.shift());
    for (let i = 10; i < 100; i += 1) queue.push(i);
    while (queue.length > 0) taken.push(queue.shift());
    expect(taken).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('has nothing to give when it is empty', () => {
    const queue = new Queue<number>();
    expect([queue.shift(), queue.pop(), queue.at(0), queue.clear(), queue.length]).toEqual([
      undefined,
      undefined,
      undefined,
      0,
      0,
    ]);
  });
});
