import { describe, expect, it } from '@jest/globals';
import { right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { keepsValue } from '../../lib/symbol/keeps-value.js';

const Trimmed = new t.Type<string>(
  'Trimmed',
  t.string.is,
  (value, context) => (typeof value === 'string' ? t.success(value.trim()) : t.failure(value, context)),
  t.identity,
);
/** As `withValidate` of io-ts-types makes them. */
function altered<C extends t.Any>(codec: C): C {
  const clone = Object.create(Object.getPrototypeOf(codec) as object) as C;
  return Object.assign(clone, codec, { validate: () => right('x'), decode: () => right('x') });
}
const Id = t.brand(t.string, (id): id is t.Branded<string, { readonly Id: symbol }> => id.length > 1, 'Id');

const kept: readonly (readonly [t.Any, unknown])[] = [
  [t.null, null],
  [t.undefined, undefined],
  [t.void, undefined],
  [t.unknown, 7],
  [t.string, 'a'],
  [t.number, 1],
  [t.bigint, 1n],
  [t.boolean, true],
  [t.literal('a'), 'a'],
  [t.keyof({ a: null }), 'a'],
  [t.UnknownArray, [1]],
  [t.UnknownRecord, { a: 1 }],
  [t.Int, 3],
  [Id, 'ab'],
  [t.type({ a: t.number }), { a: 1, more: 2 }],
  [t.partial({ a: t.number }), { more: 2 }],
  [t.union([t.number, t.type({ a: t.number })]), { a: 1, more: 2 }],
  [t.intersection([t.type({ a: t.number }), t.partial({ b: Id })]), { a: 1, b: 'ab', more: 2 }],
  [t.tuple([t.number, t.string]), [1, 'a']],
  [t.array(t.type({ a: t.number })), [{ a: 1, more: 2 }]],
  [t.readonlyArray(t.number), [1]],
  [t.readonly(t.type({ a: t.number })), { a: 1, more: 2 }],
  [t.record(t.string, t.number), { a: 1 }],
];

const changed: readonly t.Any[] = [
  t.exact(t.type({ a: t.number })),
  Trimmed,
  altered(t.string),
  altered(t.type({ a: t.number })),
  t.string.pipe(Trimmed),
  t.recursion('Tree', () => t.string),
  t.record(t.keyof({ a: null }), t.number),
];

describe('a codec that keeps the value', () => {
  it.each(kept)('%#', (codec, value) => {
    expect(keepsValue(codec)).toBe(true);
    expect(codec.is(value)).toBe(true);
    expect((codec.decode(value) as { right: unknown }).right).toBe(value);
  });
});

describe('a codec that may change it', () => {
  it.each(changed)('%#', (codec) => {
    const within: readonly t.Any[] = [
      codec,
      t.type({ a: codec }),
      t.partial({ a: codec }),
      t.union([t.number, codec]),
      t.intersection([t.UnknownRecord, codec]),
      t.tuple([codec]),
      t.array(codec),
      t.readonlyArray(codec),
      t.readonly(codec),
      t.record(t.string, codec),
      t.refinement(codec, () => true),
    ];
    expect(within.map(keepsValue)).toEqual(within.map(() => false));
  });

  it('is one that is only a decoder', () => {
    expect(keepsValue({ name: 'own', decode: t.success, validate: t.success })).toBe(false);
  });
});
