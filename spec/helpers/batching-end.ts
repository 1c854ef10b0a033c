/** The channel of a function against processes that say they take batches, as our SDK does. */
import { expect } from '@jest/globals';
import { encodeExec } from '../../lib/wire/function.js';
import { BATCH, encodeHandshake } from '../../lib/wire/handshake.js';
import { listening, result } from './function-end.js';
import { HandClock } from './hand-clock.js';
import { Requester } from './requester.js';

export const exec = (name: string): string => encodeExec([name], 'c');
export const batch = (...names: readonly string[]): string =>
  JSON.stringify({ func: 'ExecBatch', args: names.map((name) => [name, 'c']) });
export const results = (values: readonly unknown[], more: object = {}): string =>
  JSON.stringify({ state: true, results: values, ...more });
export async function batching(clock = new HandClock(), maxSend?: number) {
  const end = await listening(clock, maxSend);
  const greeting = encodeHandshake('x', [BATCH]);
  return {
    ...end,
    clock,
    send: (...names: readonly string[]) => names.map((name) => end.submit(exec(name))),
    join: () => Requester.dial(end.address, greeting),
    /** Outcomes by the argument of the call. */
    outcomes: async (count: number): Promise<readonly string[]> =>
      (await end.calls.count(count)).map((text) => text.replace(/^.*"arg":\["(.*)","c"\]\}: /, '$1: ')),
  };
}

/** A process that has answered `a` to the first call of four, so that it gets two together, and three others. */
export async function withTwoOut(clock?: HandClock) {
  const end = await batching(clock);
  const [, b, c, d] = end.send('a', 'b', 'c', 'd');
  const process = await end.join();
  await process.heard(1);
  process.says(result(1));
  expect(await process.heard(2)).toEqual([exec('a'), batch('b', 'c')]);
  return { ...end, process, b: b!, c: c!, d: d! };
}
