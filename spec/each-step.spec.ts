import { expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { eachStep } from '../lib/each-step.js';

/** Steps that tell of their begin and of their end, some turns later. */
function told() {
  const seen: string[] = [];
  const work = async (name: string, turns = 1, error?: Error): Promise<void> => {
    seen.push(name);
    for (let i = 0; i < turns; i += 1) await turn();
    seen.push(`${name} done`);
    if (error !== undefined) throw error;
  };
  return { seen, work };
}

it('does one step after the other, those behind one that fails too, and rejects with the first error', async () => {
  const { seen, work } = told();
  const thrower = (): readonly unknown[] => {
    throw new Error('at once');
  };
  const first = new Error('first');
  const all = eachStep(
    () => [work('a')],
    () => [work('b', 1, first)],
    thrower,
    () => [work('c', 1, new Error('last'))],
    () => [work('d')],
  );
  await expect(all).rejects.toBe(first);
  expect(seen).toEqual(['a', 'a done', 'b', 'b done', 'c', 'c done', 'd', 'd done']);
});

it('waits for all of a step, also where one of them fails before', async () => {
  const { seen, work } = told();
  const error = new Error('first');
  const all = eachStep(
    () => [work('slow', 5), work('fails', 1, error), undefined],
    () => [work('next')],
  );
  await expect(all).rejects.toBe(error);
  expect(seen).toEqual(['slow', 'fails', 'fails done', 'slow done', 'next', 'next done']);
});

it('resolves when all have', async () => {
  await expect(eachStep(() => [turn(), turn()])).resolves.toBeUndefined();
});
