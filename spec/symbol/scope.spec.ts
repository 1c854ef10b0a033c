import { expect, it } from '@jest/globals';
import { concatMap, EMPTY, from, of, take } from 'rxjs';
import { mapAsync } from '../../operators/index.js';
import { partsOf, zeroTo } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';

const shared = sharedHost();
const { counted, echo } = partsOf(shared);

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
