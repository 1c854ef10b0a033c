import { expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { concatMap, delay, map, of, tap } from 'rxjs';
import type { Ledger } from '../../lib/index.js';
import { mapAsync, queued, tumbling } from '../../operators/index.js';
import { type Counted, partsOf } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';

const shared = sharedHost();
const { counted, file } = partsOf(shared);
const COUNT = 60;

it('the ledger balances inside each function of a user, and behind each operator', async () => {
  const asked = new Set<string>();
  const unbalanced: string[] = [];
  let ledger: () => Ledger | undefined = () => undefined;
  const ask = (where: string): void => {
    const now = ledger();
    if (now === undefined) return;
    asked.add(where);
    if (!now.balanced) unbalanced.push(where);
  };
  const behind = <T>(where: string) => tap<T>(() => ask(`behind ${where}`));
  const asking =
    <A extends unknown[], R>(where: string, work: (...args: A) => R) =>
    (...args: A): R => {
      ask(where);
      return work(...args);
    };
  const odd = ({ i }: Counted): Counted => {
    if (i % 3 === 1) throw new Error('odd');
    return { i };
  };
  const codec = new t.Type<Counted, Counted, unknown>(
    'Counted',
    (value): value is Counted => value !== undefined,
    asking('decode of the source', (value) => t.success(value as Counted)),
    (value) => value,
  );

  const rule = shared.rule((context) => {
    const { call, source } = context;
    const { symbol } = shared;
    const config = { count: COUNT, then: 'complete' };
    const calls = [
      { name: 'call', options: {} },
      { name: 'call by completion', options: { order: 'completion' as const } },
      {
        name: 'call with a key',
        options: {
          order: 'input' as const,
          key: asking('key', ({ i }: Counted) => i % 4),
        },
      },
    ].map(({ name, options }) =>
      source(symbol('count'), { config, decode: codec }).pipe(
        behind('source'),
        call(
          symbol('echo'),
          asking(`args of ${name}`, ({ i }: Counted) => [i]),
          asking(`project of ${name}`, odd),
          { onError: asking(`onError of ${name}`, (_, value) => value), ...options },
        ),
        behind(name),
        call(
          symbol('fail'),
          ({ i }: Counted) => [i],
          (value) => value,
          { onError: asking(`onError of a failed ${name}`, (_, value) => value) },
        ),
      ),
    );
    const chain = counted(context, COUNT).pipe(
      mapAsync(
        asking('project of mapAsync', (value: Counted) => of(value).pipe(delay(value.i % 3), tap(odd))),
        { concurrency: 4, onError: asking('onError of mapAsync', (_, value) => value) },
      ),
      behind('mapAsync'),
      mapAsync(
        asking('project at once', async (value: Counted) => odd(value)),
        { order: 'completion', size: 2, high: Infinity, onError: asking('onError at once', (_, value) => value) },
      ),
      behind('mapAsync at once'),
      queued(concatMap(asking('project in queued', (value) => of(value).pipe(delay(1))))),
      behind('queued'),
      map((value) => ({ ...value, toJSON: asking('toJSON for the sink', () => value) })),
    );
    const overflowing = counted(context, COUNT).pipe(
      call(
        symbol('echo'),
        ({ i }) => [i],
        asking('project of a call that overflows', (value) => value),
        { order: 'input', key: ({ i }) => i % 4, queue: { size: 1, policy: 'drop-oldest', high: Infinity } },
      ),
    );
    const windows = counted(context, COUNT).pipe(
      tumbling(5, { key: asking('key of tumbling', ({ i }: Counted) => i % 2) }),
      behind('tumbling'),
    );
    return [...calls, overflowing, windows, chain.subscribe(file(context))];
  });
  ledger = () => rule.ledger();
  rule.events$.subscribe(({ type }) => ask(`event ${type}`));
  await rule.done;

  expect(unbalanced).toEqual([]);
  expect([...asked].sort()).toEqual([
    'args of call',
    'args of call by completion',
    'args of call with a key',
    'behind call',
    'behind call by completion',
    'behind call with a key',
    'behind mapAsync',
    'behind mapAsync at once',
    'behind queued',
    'behind source',
    'behind tumbling',
    'decode of the source',
    'event dropped',
    'event status',
    'key',
    'key of tumbling',
    'onError at once',
    'onError of a failed call',
    'onError of a failed call by completion',
    'onError of a failed call with a key',
    'onError of call',
    'onError of call by completion',
    'onError of call with a key',
    'onError of mapAsync',
    'project at once',
    'project in queued',
    'project of a call that overflows',
    'project of call',
    'project of call by completion',
    'project of call with a key',
    'project of mapAsync',
    'toJSON for the sink',
  ]);
});
