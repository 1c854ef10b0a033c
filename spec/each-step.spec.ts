import { expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { eachStep } from '../lib/each-step.js';

it('does one step after the other, those behind one that fails too, and rejects with the first error', async () => {
  const seen: string[] = [];
  const step = (name: string, error?: Error) => async (): Promise<void> => {
    seen.push(name);
    await turn();
    seen.push(`${name} done`);
    if (error !== undefined) throw error;
  };
  const thrower = (): Promise<void> => {
    throw new Error('at once');
  };
  const first = new Error('first');
  await expect(eachStep(step('a'), step('b', first), thrower, step('c', new Error('last')), step('d'))).rejects.toBe(
    first,
  );
  expect(seen).toEqual(['a', 'a done', 'b', 'b done', 'c', 'c done', 'd', 'd done']);
});

it('resolves when all have', async () => {
  await expect(eachStep(turn, turn)).resolves.toBeUndefined();
});
