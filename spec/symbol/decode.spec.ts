import { expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { type OperatorFunction, tap } from 'rxjs';
import type { RuleContext } from '../../lib/index.js';
import { validate } from '../../operators/index.js';
import { partsOf } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';

const shared = sharedHost();
const { counted } = partsOf(shared);

const Trimmed = new t.Type<string>(
  'Trimmed',
  t.string.is,
  (value, context) => (typeof value === 'string' ? t.success(value.trim()) : t.failure(value, context)),
  t.identity,
);
const Reading = t.exact(t.type({ id: Trimmed }));

/** A source of one message, read with `decode`. */
const source = (context: RuleContext, message: unknown) =>
  context.source(shared.symbol('count'), {
    decode: Reading,
    config: { frames: [JSON.stringify({ message })], count: 0, then: 'complete' },
  });
/** A function whose result is `message`, read with `decode`. */
const call = (context: RuleContext, message: unknown): OperatorFunction<unknown, t.TypeOf<typeof Reading>> =>
  context.call(shared.symbol('echo'), () => [message], { decode: Reading });

it('means the same for a source, a call and a stream: what the codec makes of the value', async () => {
  const message = { id: ' a ', more: 1 };
  const seen: unknown[] = [];
  const rule = shared.rule((context) => [
    source(context, message).pipe(tap((value) => seen.push(value))),
    counted(context, 1).pipe(
      call(context, message),
      tap((value) => seen.push(value)),
    ),
    context
      .source<unknown>(shared.symbol('count'), {
        config: { frames: [JSON.stringify({ message })], count: 0, then: 'complete' },
      })
      .pipe(
        validate(Reading),
        tap((value) => seen.push(value)),
      ),
  ]);
  expect((await rule.done).phase).toBe('completed');
  expect(seen).toEqual([{ id: 'a' }, { id: 'a' }, { id: 'a' }]);
  expect(rule.ledger().balanced).toBe(true);
});

it('says what it refuses, and little of it', async () => {
  const message = { id: 'x'.repeat(100_000).split('') };
  const texts: string[] = [];
  const rule = shared.rule((context) => [source(context, message), counted(context, 1).pipe(call(context, message))]);
  rule.events$.subscribe((event) => event.type === 'error' && texts.push(event.error.message));
  expect((await rule.done).phase).toBe('completed');
  expect(texts).toHaveLength(2);
  for (const text of texts) {
    expect(text).toMatch(/Invalid value \["x","x".*… supplied to : .*id: Trimmed/);
    expect(text.length).toBeLessThan(500);
  }
});
