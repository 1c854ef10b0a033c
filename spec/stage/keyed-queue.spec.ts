import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyedQueue } from '../../lib/stage/keyed-queue.js';
import { heapGrowth } from '../helpers/heap-growth.js';

interface Item {
  readonly key: string;
  readonly n: number;
}

const queueOf = (...texts: readonly string[]) => {
  const queue = new KeyedQueue<Item>();
  for (const text of texts) queue.push({ key: text.slice(0, 1), n: Number(text.slice(1)) });
  return queue;
};
const named = (item: Item | undefined): string | undefined => item && `${item.key}${item.n}`;
const drain = (queue: KeyedQueue<Item>): (string | undefined)[] => {
  const all: (string | undefined)[] = [];
  for (let item = queue.next(); item !== undefined; item = queue.next()) all.push(named(item));
  return all;
};

describe('values that wait by their key', () => {
  it('go out one of each key at a time', () => {
    const queue = queueOf('a1', 'a2', 'b1', 'a3', 'c1');
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1']);
    expect(queue.length).toBe(2);
    queue.back({ key: 'b', n: 1 });
    expect(queue.next()).toBeUndefined();
    queue.back({ key: 'a', n: 1 });
    expect(drain(queue)).toEqual(['a2']);
  });

  it('give each key its turn, however much of one waits', () => {
    const queue = queueOf('a1', 'a2', 'a3', 'b1');
    expect(named(queue.next())).toBe('a1');
    queue.back({ key: 'a', n: 1 });
    expect([named(queue.next()), named(queue.next())]).toEqual(['b1', 'a2']);
  });

  it('give up the oldest first, of whatever key', () => {
    const queue = queueOf('a1', 'b1', 'a2', 'b2');
    expect(named(queue.next())).toBe('a1');
    expect([named(queue.shift()), named(queue.shift())]).toEqual(['b1', 'a2']);
    expect(drain(queue)).toEqual(['b2']);
    queue.back({ key: 'a', n: 1 });
    expect([queue.shift(), queue.next(), queue.length]).toEqual([undefined, undefined, 0]);
  });

  it('are all given up at once, and what is out still counts', () => {
    const queue = queueOf('a1', 'a2', 'b1');
    expect(named(queue.next())).toBe('a1');
    expect(queue.clear()).toBe(2);
    queue.push({ key: 'a', n: 3 });
    expect(queue.next()).toBeUndefined();
    queue.back({ key: 'a', n: 1 });
    expect(drain(queue)).toEqual(['a3']);
  });

  it.each([
    ['a queue that gives up the oldest', (queue: KeyedQueue<Item>) => queue.length >= 1_000 && queue.shift()],
    ['a queue that keeps the newest', (queue: KeyedQueue<Item>) => queue.length > 0 && queue.clear()],
  ])('leave nothing behind: %s, while nothing goes out', (_, makeRoom) => {
    const queue = new KeyedQueue<Item>();
    const grown = heapGrowth(() => {
      for (let n = 0; n < 200_000; n += 1) {
        makeRoom(queue);
        queue.push({ key: `k${n}`, n });
      }
    });
    expect(grown).toBeLessThan(2_000_000);
    expect(queue.next()).toMatchObject({ n: 200_000 - queue.length - 1 });
  });

  it('go out out of turn when they are the first of their key', () => {
    const queue = queueOf('a1', 'b1', 'b2', 'c1');
    const [b1, b2] = [...(queue as unknown as { all: Set<Item> }).all].filter(({ key }) => key === 'b') as [Item, Item];
    queue.take(b1);
    expect([queue.has(b1), queue.has(b2), queue.length]).toEqual([false, true, 3]);
    expect(drain(queue)).toEqual(['a1', 'c1']);
    queue.back(b1);
    expect(drain(queue)).toEqual(['b2']);
  });

  it('keep the order of each key, never two of one out, and none for ever', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('push' as const), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ do: fc.constant('next' as const) }),
      fc.record({ do: fc.constant('shift' as const) }),
      fc.record({ do: fc.constant('take' as const), at: fc.nat(5) }),
      fc.record({ do: fc.constant('back' as const), at: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const queue = new KeyedQueue<Item>();
        const waiting: Item[] = [];
        const out: Item[] = [];
        const removed = (item: Item): void => void waiting.splice(waiting.indexOf(item), 1);
        const check = (item: Item | undefined): void => {
          const free = waiting.filter(({ key }) => out.every((one) => one.key !== key));
          if (item === undefined) return expect(free).toEqual([]);
          expect(waiting.find(({ key }) => key === item.key)).toBe(item);
          expect(free).toContain(item);
          removed(item);
          out.push(item);
        };
        let n = 0;
        for (const one of steps) {
          if (one.do === 'push') {
            const item = { key: one.key, n: (n += 1) };
            waiting.push(item);
            queue.push(item);
          } else if (one.do === 'next') check(queue.next());
          else if (one.do === 'take') {
            const item = waiting[one.at];
            const isFirst = item !== undefined && waiting.find(({ key }) => key === item.key) === item;
            if (!isFirst || out.some(({ key }) => key === item.key)) continue;
            expect(queue.has(item)).toBe(true);
            queue.take(item);
            removed(item);
            out.push(item);
          } else if (one.do === 'shift') expect(queue.shift()).toBe(waiting.shift());
          else for (const item of out.splice(one.at, 1)) queue.back(item);
          expect(queue.length).toBe(waiting.length);
        }
        while (waiting.length > 0) {
          for (const item of out.splice(0)) queue.back(item);
          check(queue.next());
        }
      }),
    );
  });
});
