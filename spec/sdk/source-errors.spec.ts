import { describe, expect, it } from '@jest/globals';
import { Observable, of, throwError } from 'rxjs';
import { type Source, withMeta } from '../../lib/sdk/index.js';
import { startSource } from '../helpers/plugin-host.js';
import { expectNoRejections } from '../helpers/rejections.js';
import { until } from '../helpers/until.js';

// In a plugin nobody else takes one: it would end the process, with all that runs in it.
expectNoRejections();

describe('an error', () => {
  const boom = new Error('boom');
  const fail = (): never => {
    throw boom;
  };
  it.each<[string, Source]>([
    ['of an Observable', () => throwError(() => boom)],
    [
      'of a generator',
      function* () {
        yield fail();
      },
    ],
    [
      'of an async generator',
      async function* () {
        yield fail();
      },
    ],
    ['of a promise', () => Promise.reject(boom)],
    [
      'of an iterable',
      () => ({
        [Symbol.iterator]: fail,
      }),
    ],
    [
      'in subscribe',
      () =>
        new Observable(() => {
          fail();
        }),
    ],
  ])('%s is reported and ends the source', async (_: string, source: Source) => {
    const { host, source: running } = await startSource(source);
    await until(() => running.ends() === 1);
    expect(running.frames).toEqual(['{"error":"boom"}']);
    expect(host.lines.join('')).toMatch(/\[ERROR\] the source failed: boom .*"error":"Error: boom\\n/);
    expect(await running.stop()).toBe('ok');
  });

  it('goes to a stock host as what it takes for an error', async () => {
    const { source } = await startSource(() => throwError(() => boom), 'stock');
    await until(() => source.ends() === 1);
    expect(source.frames).toEqual(['"{\\"error\\":\\"boom\\"}"']);
  });
});

describe('a value that JSON can not hold', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  it.each<[string, unknown, RegExp]>([
    ['undefined', undefined, /value: undefined has no JSON/],
    ['a function', () => 1, /value: a function has no JSON/],
    ['a symbol', Symbol('x'), /value: a symbol has no JSON/],
    ['a BigInt', 5n, /value: .*BigInt/],
    ['a circle', circle, /value: .*circular/],
    [
      'a toJSON that throws',
      {
        toJSON() {
          throw new Error('no');
        },
      },
      /value: no/,
    ],
    ['meta that is no object', withMeta(1, [] as never), /meta: .*no object/],
  ])('%s is reported, and the source goes on', async (_, value, reason) => {
    const { host, source } = await startSource(() => of(1, value, 2));
    await until(() => source.ends() === 1);
    const [first, error, second] = source.frames;
    expect([first, second]).toEqual(['{"message":1}', '{"message":2}']);
    expect(error).toMatch(/^\{"error":"a value was not sent: /);
    expect(JSON.parse(error ?? '')).toEqual({ error: expect.stringMatching(reason), dropped: 1 });
    expect(host.lines.join('')).toMatch(/\[INFO\] a value was not sent/);
  });

  it('is reported at most once a second, with a count', async () => {
    const { source } = await startSource(() => of(undefined, 1n, 1, undefined));
    await until(() => source.ends() === 1);
    expect(source.frames).toHaveLength(4);
    const error = '2 values were not sent, the last: value: undefined has no JSON';
    expect(JSON.parse(source.frames[2] ?? '')).toEqual({ error, dropped: 2 });
  });
});
