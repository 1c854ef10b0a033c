import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, from, NEVER, Observable, of, range, Subject, throwError } from 'rxjs';
import { iterate, type IterateOptions } from '../../operators/index.js';
import { many } from '../helpers/many.js';
import { recordStages } from '../helpers/record-stages.js';

const coded = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
const value = (one: unknown) => ({ done: false, value: one });
const done = { done: true, value: undefined };

/** What a loop gets, with the error that it throws. */
async function loop(stream: Observable<unknown>, options?: IterateOptions): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const one of iterate(stream, options)) seen.push(one);
    seen.push('done');
  } catch (error) {
    seen.push(error);
  }
  return seen;
}

/** An iteration in a rule over a subject, with its first value asked for. */
function start(options: IterateOptions = {}) {
  const { stages, changes, withRule } = recordStages();
  const source = new Subject<number>();
  const iteration = iterate(source, options);
  const first = withRule(() => iteration.next());
  const send = (...values: number[]): void => values.forEach((one) => source.next(one));
  return { source, send, iteration, first, changes, stage: stages[0]! };
}

describe('iterate', () => {
  const thrown = new Error('broken');

  it('gives each value, and ends with the stream', async () => {
    expect(await loop(range(0, 3))).toEqual([0, 1, 2, 'done']);
    expect(await loop(EMPTY)).toEqual(['done']);
  });

  it('throws the error of the stream after the values before it, once', async () => {
    expect(
      await loop(
        concat(
          of(1, 2),
          throwError(() => thrown),
        ),
      ),
    ).toEqual([1, 2, thrown]);
    const iteration = iterate(throwError(() => thrown));
    await expect(iteration.next()).rejects.toBe(thrown);
    expect(await iteration.next()).toEqual(done);
  });

  it('subscribes when the first value is asked for, once', async () => {
    let subscriptions = 0;
    const stream = new Observable<number>((subscriber) => {
      subscriptions += 1;
      subscriber.next(7);
    });
    const iteration = iterate(stream);
    expect(iteration[Symbol.asyncIterator]()).toBe(iteration);
    expect(subscriptions).toBe(0);
    expect(await iteration.next()).toEqual(value(7));
    void iteration.next();
    expect(subscriptions).toBe(1);
    await iteration.return?.();
    expect(await iteration.next()).toEqual(done);
    expect(subscriptions).toBe(1);
  });

  it('never subscribes when it is left before', async () => {
    let subscriptions = 0;
    const iteration = iterate(new Observable<never>(() => void (subscriptions += 1)));
    expect(await iteration.return?.()).toEqual(done);
    expect(await iteration.next()).toEqual(done);
    expect(subscriptions).toBe(0);
  });

  it('serves several that ask at once, in their order', async () => {
    const { send, source, iteration, first } = start();
    const others = [iteration.next(), iteration.next(), iteration.next()];
    send(1, 2);
    source.error(thrown);

    expect(await Promise.allSettled([first, ...others])).toEqual([
      { status: 'fulfilled', value: value(1) },
      { status: 'fulfilled', value: value(2) },
      { status: 'rejected', reason: thrown },
      { status: 'fulfilled', value: done },
    ]);
  });

  it('gives a value that is asked for without a place in the queue', async () => {
    expect(await loop(of(1, 2), { size: 1 })).toEqual([1, 2, 'done']);
    expect(await loop(of(1, 2, 3), { policy: 'latest' })).toEqual([1, 3, 'done']);
  });

  it('leaves a stream without end when its queue has run over', async () => {
    const { values, taken } = many();

    const { stages, withRule } = recordStages();
    const seen = await withRule(() => loop(from(values), { size: 2 }));

    expect(seen).toEqual([1, 2, 3, coded('ERR_QUEUE_OVERFLOW', 'iterate')]);
    expect(taken()).toBe(5);
    expect(stages[0]?.counts()).toMatchObject({ received: 5, passed: 3, dropped: { overflow: 1, stopped: 1 } });
  });
});

describe('an iteration whose loop is slower', () => {
  it.each<[IterateOptions, unknown[], object]>([
    [{ size: 2, policy: 'drop-oldest' }, [0, 3, 4], { overflow: 2 }],
    [{ size: 2, policy: 'drop-newest' }, [0, 1, 2], { overflow: 2 }],
    [{ policy: 'latest' }, [0, 4], { overflow: 3 }],
    [{ size: 2, policy: 'error' }, [0, 1, 2, 'ERR_QUEUE_OVERFLOW'], { overflow: 1 }],
    [{ size: 2 }, [0, 1, 2, 'ERR_QUEUE_OVERFLOW'], { overflow: 1 }],
    [{}, [0, 1, 2, 3, 4], {}],
  ])('%p', async (options, expected, dropped) => {
    const { send, source, iteration, first, stage } = start(options);
    send(0, 1, 2, 3, 4);
    source.complete();
    const seen: unknown[] = [(await first).value];
    try {
      for await (const one of iteration) seen.push(one);
    } catch (error) {
      seen.push((error as { code: string }).code);
    }

    expect(seen).toEqual(expected);
    expect(stage.counts()).toMatchObject({ dropped, inFlight: 0 });
  });

  it('holds ten thousand unless it is told otherwise', async () => {
    const { send, stage, source, first } = start();
    send(...Array.from({ length: 10_001 }, (_, n) => n));
    expect([stage.counts().inFlight, source.observed]).toEqual([10_000, true]);
    send(10_001);
    expect([stage.counts().dropped, source.observed]).toEqual([{ overflow: 1 }, false]);
    expect(await first).toEqual(value(0));
  });

  it('is a stage that asks for a pause until it has caught up', async () => {
    const { send, iteration, stage, changes } = start({ name: 'store', high: 3, low: 1 });
    send(0, 1, 2, 3);
    expect([stage.kind, stage.name, changes]).toEqual(['queue', 'store', []]);
    send(4);
    expect([changes, stage.peak]).toEqual([['store full'], 4]);
    await iteration.next();
    await iteration.next();
    expect(changes).toEqual(['store full']);
    await iteration.next();
    expect(changes).toEqual(['store full', 'store content']);
    expect(stage.counts()).toMatchObject({ received: 5, passed: 4, inFlight: 1 });
  });

  it('asks for no pause any longer when the loop has taken the last', async () => {
    const { send, source, iteration, stage, changes } = start({ high: 0 });
    send(0, 1);
    source.complete();
    expect([stage.ended, changes]).toEqual([false, ['iterate full']]);
    await iteration.next();
    expect([stage.ended, changes]).toEqual([true, ['iterate full', 'iterate content']]);
  });

  it('works without a rule', async () => {
    const source = new Subject<number>();
    const iteration = iterate(source);
    const first = iteration.next();
    source.next(1);
    expect(await first).toEqual(value(1));
  });
});

describe('iterate refuses at once', () => {
  it.each<[IterateOptions, string]>([
    [{ size: 0, name: 'store' }, 'store: size 0 is no whole number from 1'],
    [{ high: -1 }, 'iterate: high -1 is no number from 0'],
    [{ high: 1, low: 2 }, 'low 2 is not between 0 and high 1'],
    [{ policy: 'newest' as 'latest' }, 'policy newest is none of'],
  ])('%p', (options, problem) => {
    expect(() => iterate(NEVER, options)).toThrow(coded('ERR_OPERATOR_OPTION', problem));
  });
});
