import { expect, it } from '@jest/globals';
import {
  catchError,
  concatMap,
  EMPTY,
  finalize,
  from,
  mergeMap,
  NEVER,
  type Observable,
  of,
  take,
  takeUntil,
  toArray,
} from 'rxjs';
import type { Rule } from '../../lib/index.js';
import { mapAsync } from '../../operators/index.js';
import { newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const { counted, echo, file } = partsOf(shared);
/** A stage of the rule that it is subscribed in. */
const late = <T>(value: T): Observable<T> => of(value).pipe(mapAsync(async (one) => one, { name: 'late' }));
const lateOf = (rule: Rule) => rule.ledger().stages['queue late'];

it('what is subscribed when an answer comes finds the rule of the call, whoever opened the channel', async () => {
  const first = shared.rule((context) => of({ i: 0 }).pipe(echo(context)));
  await first.done;
  const later = (name: string) =>
    concatMap((value: { readonly i: number }) => of(value).pipe(mapAsync((one) => of(one), { name })));
  const [one, two] = ['one', 'two'].map((name) =>
    shared.rule((context) => from(zeroTo(3)).pipe(echo(context), later(name))),
  );
  for (const [rule, name] of [
    [one, 'one'],
    [two, 'two'],
  ] as const) {
    await rule?.done;
    expect(rule?.ledger().stages[`queue ${name}`]).toMatchObject({ received: 3, passed: 3 });
    expect(Object.keys(rule?.ledger().stages ?? {})).toHaveLength(2);
  }
});

it('what is subscribed when a tuple comes finds the rule of its source', async () => {
  const rule = shared.rule((context) =>
    counted(context, 3).pipe(concatMap((value) => of(value).pipe(mapAsync((one) => of(one))))),
  );
  expect((await rule.done).phase).toBe('completed');
  expect(rule.ledger().stages['queue mapAsync']).toMatchObject({ received: 3, passed: 3 });
});

it('a source that emits at once and without end is left when what follows has ended', async () => {
  function* endless() {
    for (let i = 0; ; i += 1) yield { i };
  }
  const rule = shared.rule((context) => from(endless()).pipe(echo(context, { queue: { size: 1, policy: 'error' } })), {
    restart: 'never',
  });
  expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_QUEUE_OVERFLOW' } });
  const cut = shared.rule((context) =>
    from(endless()).pipe(
      echo(context),
      take(0),
      concatMap(() => EMPTY),
    ),
  );
  expect((await cut.done).phase).toBe('completed');
});

it.each([false, true])(
  'what is subscribed when a stop completes a source finds the rule; behind a call: %s',
  async (called) => {
    const rule = shared.rule((context) => {
      const values = counted(context);
      return (called ? values.pipe(echo(context)) : values).pipe(
        toArray(),
        concatMap(({ length }) => late(length)),
      );
    });
    await until(() => (rule.ledger().stages[`source ${shared.symbol('count')}`]?.passed ?? 0) > 3);
    expect(await rule.stop({ timeout: 15_000 })).toEqual({ drained: true, dropped: {} });
    expect(lateOf(rule)).toMatchObject({ received: 1, passed: 1 });
    expect(rule.ledger().balanced).toBe(true);
  },
);

it('what takes the place of a source or a call that is refused finds the rule', async () => {
  const plugin = scriptedPlugin();
  const parts = partsOf(plugin);
  await shared.host.plugins.install(plugin.dir);
  const rules = [
    shared.rule((context) => parts.counted(context).pipe(catchError(() => late(0)))),
    shared.rule((context) =>
      counted(context).pipe(
        parts.echo(context),
        catchError(() => late(0)),
      ),
    ),
  ];
  for (const rule of rules) await statusOf(rule, 'running');
  await shared.host.plugins.remove(plugin.name, { force: true });
  for (const rule of rules) {
    expect((await rule.done).phase).toBe('completed');
    expect(lateOf(rule)).toMatchObject({ received: 1, passed: 1 });
  }
});

it.each<[string, (rule: Rule) => unknown]>([
  ['the deadline of a stop', (rule) => rule.stop({ timeout: 1 })],
  ['unsubscribe', (rule) => rule.unsubscribe()],
])('what is subscribed by a teardown at %s finds the rule', async (_, end) => {
  const rule = shared.rule((context) => [
    counted(context),
    NEVER.pipe(finalize(() => void late(0).subscribe())),
    NEVER.pipe(finalize(() => void late(0).subscribe())).subscribe(file(context)),
  ]);
  await statusOf(rule, 'running');
  end(rule);
  await rule.done;
  expect(lateOf(rule)).toMatchObject({ received: 1 });
  expect(rule.ledger().stages['queue late 2']).toMatchObject({ received: 1 });
});

it('what is subscribed when a hot stream emits finds the rule that this was subscribed in, if any', async () => {
  const stage = (name: string) => mergeMap((one: unknown) => of(one).pipe(mapAsync(async () => 0, { name })));
  const rule = shared.rule((context) => {
    const values = counted(context, 3, { frames: ['{"error":"boom"}'] });
    const sink = file(context, newFile(), { requireAck: true, config: { acks: ['ok'] } });
    const { acks$ } = sink;
    const hot = { stopping: context.stopping$, acks: acks$.pipe(take(1)), events: values.events$ };
    for (const [name, stream] of Object.entries<Observable<unknown>>(hot)) stream.pipe(stage(name)).subscribe();
    return [values.subscribe(sink), NEVER.pipe(takeUntil(context.stopping$))];
  });
  rule.events$.pipe(stage('outside')).subscribe();
  await until(() => rule.ledger().stages[`sink ${shared.symbol('file')}`]?.passed === 3);
  await rule.stop();
  const names = Object.keys(rule.ledger().stages).filter((name) => name.startsWith('queue'));
  expect(names.sort()).toEqual(['queue acks', 'queue events', 'queue stopping']);
});
