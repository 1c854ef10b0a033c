import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable, of, range, Subject } from 'rxjs';
import { type Source, type SourceContext, withMeta } from '../../lib/sdk/index.js';
import { encodeCommand, functionControl } from '../../lib/wire/control.js';
import { messagesOf, PluginHost, startSource } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

const COMPLETE = '{"complete":true}';

describe('what a source may be', () => {
  it.each<[string, Source]>([
    ['an Observable', () => of(1, 2)],
    ['an array', () => [1, 2]],
    [
      'a generator',
      function* () {
        yield* [1, 2];
      },
    ],
    [
      'an async generator',
      async function* () {
        yield* [1, 2];
      },
    ],
    [
      'a web stream',
      () =>
        new ReadableStream<number>({
          start: (c) => {
            c.enqueue(1);
            c.enqueue(2);
            c.close();
          },
        }),
    ],
    ['a promise of an Observable', async () => of(1, 2)],
    ['a promise of an array', async () => [1, 2]],
    [
      'a promise of an async generator',
      async () =>
        (async function* () {
          yield* [1, 2];
        })(),
    ],
    ['an object with open()', { open: () => of(1, 2), queue: 5 }],
  ])('%s', async (_, source) => {
    const running = (await startSource(source, ['complete'])).source;
    await until(() => running.ends() === 1);
    expect(running.frames).toEqual(['{"message":1,"meta":null}', '{"message":2,"meta":null}', COMPLETE]);
  });

  it('a promise', async () => {
    const running = (await startSource(() => Promise.resolve({ a: 1 }), ['complete'])).source;
    await until(() => running.ends() === 1);
    expect(running.frames).toEqual(['{"message":{"a":1},"meta":null}', COMPLETE]);
  });
});

describe('a source that is being opened', () => {
  it('can be stopped, and emits nothing of what comes too late', async () => {
    let [opened, aborted] = [(_: unknown): void => undefined, false];
    const running = (
      await startSource(async ({ signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise<number[]>((resolve) => (opened = resolve as typeof opened));
      })
    ).source;
    expect(await running.stop()).toBe('ok');
    expect(aborted).toBe(true);
    let iterated = false;
    await new Promise<void>((resolve) => {
      opened({ [Symbol.iterator]: () => ((iterated = true), [1][Symbol.iterator]()) });
      setImmediate(resolve);
    });
    expect(iterated).toBe(false);
    expect(running.frames).toEqual([]);
  });
});

describe('a source', () => {
  it('knows what it runs for', async () => {
    let context: SourceContext | undefined;
    const host = await PluginHost.listen();
    host.run({
      sources: {
        curious: (given) => {
          context = given;
          return NEVER;
        },
      },
    });
    const { control } = await host.source('curious', { interval: 5, datasource: 'topic/1' });
    expect(context).toMatchObject({
      symbol: 'curious',
      ...control.meta,
      dataSource: 'topic/1',
      config: { interval: 5, datasource: 'topic/1' },
    });
    context?.log.info({ i: 1 }, 'hello\nthere');
    expect(host.lines).toContain('[INFO] hello\\nthere {"symbol":"curious","ruleId":"rule","i":1}\n');
  });

  it('attaches meta', async () => {
    const running = (await startSource(() => of(withMeta({ c: 21 }, { sensor: 'hall' })))).source;
    await until(() => running.frames.length > 0);
    expect(running.frames[0]).toBe('{"message":{"c":21},"meta":{"sensor":"hall"}}');
  });

  it('emits nothing before the host knows that it runs', async () => {
    const host = await PluginHost.listen(['complete']);
    host.run({ sources: { eager: () => range(3) } });
    const running = await host.source('eager');
    expect(running.answer).toBe('ok');
    await until(() => running.frames.length === 4);
  });

  it('is closed by STOP: unsubscribed, flushed, half-closed', async () => {
    const values = new Subject<number>();
    const { source } = await startSource(() => values);
    await until(() => values.observed);
    for (let i = 0; i < 100; i += 1) values.next(i);
    expect(await source.stop()).toBe('ok');
    expect(values.observed).toBe(false);
    await until(() => source.ends() === 1);
    expect(messagesOf(source)).toHaveLength(100);
    expect(await source.stop()).toBe('symbol source not found');
  });

  it('calls return() of its iterator at STOP, and aborts what it waits for', async () => {
    const events: string[] = [];
    const { source } = await startSource(async function* ({ signal }) {
      try {
        yield 1;
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      } finally {
        events.push('cleaned up');
      }
    });
    await until(() => source.frames.length === 1);
    expect(await source.stop()).toBe('ok');
    expect(events).toEqual(['cleaned up']);
    expect(source.frames).toHaveLength(1);
  });

  it('does not hold STOP up when it sleeps without the signal', async () => {
    const { host, source } = await startSource(async function* () {
      yield 1;
      await new Promise(() => undefined);
    });
    await until(() => source.frames.length === 1);
    expect(await source.stop()).toBe('ok');
    expect(host.lines.join('')).toMatch(/context\.signal/);
  });

  it('is stopped first when it is started again under the same meta', async () => {
    let running = 0;
    const { host, source } = await startSource(
      () =>
        new Observable((subscriber) => {
          running += 1;
          subscriber.next(running);
          return () => (running -= 1);
        }),
    );
    await until(() => source.frames.length === 1);
    expect(await host.control.ask(encodeCommand('start', source.control))).toBe('ok');
    await until(() => source.frames.length === 2);
    expect(running).toBe(1);
    expect(source.ends()).toBe(1);
  });

  it('ends when the host closes its channel', async () => {
    const values = new Subject<number>();
    const { source } = await startSource(() => values);
    await until(() => values.observed);
    await source.socket.close();
    await until(() => !values.observed);
    expect(await source.stop()).toBe('ok');
  });
});

describe('the end of a source', () => {
  it.each(['stock', []] as const)('is silence until STOP where the host knows no "complete" (%j)', async (dialect) => {
    const { host, source } = await startSource(() => of({ i: 1 }), dialect);
    await until(() => source.frames.length === 1);
    // It has completed with that frame: an end would be here before the answer to a later command.
    expect(await host.command('stop', functionControl('nobody'))).toMatch(/not found/);
    expect(source.ends()).toBe(0);
    expect(await source.stop()).toBe('ok');
    await until(() => source.ends() === 1);
    expect(source.frames).toEqual(['{"message":{"i":1},"meta":null}']);
  });

  it('comes after what still waits', async () => {
    const { source } = await startSource({ open: () => range(5_000), queue: 10_000 });
    await until(() => source.ends() === 1);
    expect(messagesOf(source)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
    expect(source.frames.at(-1)).toBe(COMPLETE);
  });
});
