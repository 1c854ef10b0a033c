import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, Observable, of, take, toArray } from 'rxjs';
import { type SourceContext, withMeta } from '../../lib/sdk/index.js';
import { stderrLog } from '../../lib/sdk/stderr-log.js';
import { testFunction, testSink, testSource } from '../../lib/sdk/testing.js';
import { until } from '../helpers/until.js';

const log = stderrLog(() => undefined);

describe('testSource', () => {
  it('emits what a rule would get', async () => {
    const source = () => of(new Date(0), withMeta([1, undefined, NaN], { at: 5 }));
    expect(await lastValueFrom(testSource(source, { log }).pipe(toArray()))).toEqual([
      { message: '1970-01-01T00:00:00.000Z', meta: {} },
      { message: [1, null, null], meta: { at: 5 } },
    ]);
  });

  it('hands over the context', async () => {
    const source = ({ config, dataSource, ruleId, symbol }: SourceContext) =>
      of({ config, dataSource, ruleId, symbol });
    const context = { config: { a: 1 }, dataSource: 'd', ruleId: 'r', symbol: 's' };
    expect((await firstValueFrom(testSource(source, context))).message).toEqual(context);
  });

  it('stops the source when it is unsubscribed', async () => {
    const events: string[] = [];
    const source = async function* ({ signal }: SourceContext) {
      signal.addEventListener('abort', () => events.push('aborted'));
      try {
        for (let i = 0; ; i += 1) yield i;
      } finally {
        events.push('cleaned up');
      }
    };
    const values = await lastValueFrom(testSource(source).pipe(take(3), toArray()));
    expect(values.map(({ message }) => message)).toEqual([0, 1, 2]);
    await until(() => events.length === 2);
    expect(events.sort()).toEqual(['aborted', 'cleaned up']);
  });

  it('stops one that emits without end while it is subscribed', async () => {
    const endless = () =>
      new Observable<number>((subscriber) => {
        for (let i = 0; !subscriber.closed; i += 1) subscriber.next(i);
      });
    expect(await lastValueFrom(testSource(endless).pipe(take(2), toArray()))).toHaveLength(2);
  });

  it.each([
    ['a value that has no JSON', () => of(1n), { code: 'ERR_SOURCE_REPORTED' }],
    [
      'a failure',
      async function* () {
        yield 1;
        throw new Error('boom');
      },
      { code: 'ERR_SOURCE_REPORTED' },
    ],
    [
      'a factory that throws',
      () => {
        throw new Error('boom');
      },
      { message: 'boom' },
    ],
  ])('errors for %s', async (_, source, error) => {
    await expect(lastValueFrom(testSource(source, { log }))).rejects.toMatchObject(error);
  });

  it('runs anew for each subscription', async () => {
    let opened = 0;
    const source = testSource(() => of((opened += 1)));
    expect((await firstValueFrom(source)).message).toBe(1);
    expect((await firstValueFrom(source)).message).toBe(2);
  });
});

describe('testFunction', () => {
  it('answers as a caller sees it', async () => {
    expect(await testFunction((at: string) => new Date(at)).exec(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(await testFunction(async () => undefined).exec()).toBe(null);
  });

  it('rejects when the function fails', async () => {
    const boom = () => {
      throw new Error('boom');
    };
    await expect(testFunction(boom).exec()).rejects.toMatchObject({ code: 'ERR_CALL_FAILED' });
    await expect(testFunction(() => 1n).exec()).rejects.toMatchObject({ code: 'ERR_CALL_FAILED' });
  });

  it('has one call at a time', async () => {
    const order: string[] = [];
    const { exec } = testFunction(async (name: string) => {
      order.push(`${name} in`);
      await Promise.resolve();
      order.push(`${name} out`);
    });
    await Promise.all([exec('a'), exec('b')]);
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out']);
  });

  it('validates, and knows aggregates', async () => {
    const mean = testFunction({
      exec: () => 1,
      validate: (args) => (args.length === 1 ? undefined : 'one column'),
      aggregate: true,
    });
    await mean.validate('column');
    await expect(mean.validate()).rejects.toMatchObject({ code: 'ERR_CALL_INVALID' });
    expect(await mean.isAggregate()).toBe(true);
    expect(await testFunction(() => 1).isAggregate()).toBe(false);
  });
});

describe('testSink', () => {
  it('sends values and bytes, one after another, then completes', async () => {
    const seen: unknown[] = [];
    const sink = testSink(() => ({
      next: async (value) => {
        await Promise.resolve();
        seen.push(value);
      },
      complete: () => seen.push('completed'),
    }));
    void sink.send({ at: new Date(0) });
    void sink.send(new TextEncoder().encode('bytes'));
    await sink.complete();
    expect(seen).toEqual([{ at: '1970-01-01T00:00:00.000Z' }, new TextEncoder().encode('bytes'), 'completed']);
  });

  it('answers what the host would be told', async () => {
    const sink = testSink(() => (value) => {
      if (value === 1) throw new Error('not one');
    });
    expect([await sink.send(0), await sink.send(1), await sink.send(2)]).toEqual([{}, { error: 'not one' }, {}]);
  });

  it('throws what the factory throws', () => {
    const boom = () => {
      throw new Error('no disk');
    };
    expect(() => testSink(boom)).toThrow('no disk');
  });
});
