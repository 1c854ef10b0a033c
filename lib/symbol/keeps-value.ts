import * as t from 'io-ts';

/** Those that look at a value and hand it on. */
const PLAIN = [
  t.NullType,
  t.UndefinedType,
  t.VoidType,
  t.UnknownType,
  t.StringType,
  t.NumberType,
  t.BigIntType,
  t.BooleanType,
  t.LiteralType,
  t.KeyofType,
  t.AnyArrayType,
  t.AnyDictionaryType,
];

/**
 * Whether a codec decodes each value for which its `is` holds to that value itself: then `is`, which costs a quarter, may
 * stand for `decode`. Not so for `exact`, for types of your own, which may trim or convert, and for what holds one of them.
 */
export function keepsValue(codec: t.Decoder<unknown, unknown>): codec is t.Any {
  if (!(codec instanceof t.Type) || isAltered(codec)) return false;
  if (PLAIN.some((plain) => codec instanceof plain)) return true;
  if (codec instanceof t.InterfaceType || codec instanceof t.PartialType)
    return Object.values(codec.props as t.AnyProps).every(keepsValue);
  if (codec instanceof t.UnionType || codec instanceof t.IntersectionType || codec instanceof t.TupleType)
    return (codec.types as readonly t.Any[]).every(keepsValue);
  if (codec instanceof t.DictionaryType)
    return codec.domain instanceof t.StringType && keepsValue(codec.codomain as t.Any);
  if (
    codec instanceof t.ArrayType ||
    codec instanceof t.ReadonlyArrayType ||
    codec instanceof t.ReadonlyType ||
    codec instanceof t.RefinementType
  )
    return keepsValue(codec.type as t.Any);
  return false;
}

/** A clone with a `decode` of its own, as `withValidate` of io-ts-types makes them. That of a codec is bound. */
const isAltered = (codec: t.Any): boolean => !codec.decode.name.startsWith('bound ');
