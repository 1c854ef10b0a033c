/** What the test server is asked: codecs of bodies, whose errors name the field. */
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { askedWrongly, showJson } from '../errors.js';
import { excerpt } from '../wire/excerpt.js';
import { Name, type SymbolKind } from '../wire/names.js';

/** `expected` says what is allowed. */
const checked = <A>(expected: string, is: t.Is<A>): t.Type<A, A, unknown> =>
  new t.Type<A, A, unknown>(
    expected,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );

const InstanceId = checked(
  'a whole number from 0',
  (value): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0,
);

const Kind = checked(
  '"source", "sink" or "func"',
  (value): value is 'source' | 'sink' | 'func' | 'function' =>
    value === 'source' || value === 'sink' || value === 'func' || value === 'function',
);

/** Go sends a map without a value as null. */
const Config = checked(
  'an object',
  (value): value is Readonly<Record<string, unknown>> | null => value === null || t.UnknownRecord.is(value),
);

const Args = checked('a list', (value): value is readonly unknown[] => Array.isArray(value));

export const MetaBody = t.partial({ ruleId: Name, opId: Name, instanceId: InstanceId }, 'an object');
export type MetaBody = t.TypeOf<typeof MetaBody>;

/** Of `/symbol/start` and `/symbol/stop`, as eKuiper's test server takes it. */
export const ControlBody = t.intersection([
  t.type({ symbolName: Name, pluginType: Kind }, 'an object'),
  t.partial({ meta: MetaBody, dataSource: t.string, datasource: t.string, config: Config }, 'an object'),
]);
export type ControlBody = t.TypeOf<typeof ControlBody>;

export const ExecBody = t.intersection([
  t.type({ symbolName: Name }, 'an object'),
  t.partial({ args: Args }, 'an object'),
]);

/** `ack`: answer only when the plugin has acknowledged, or has not. */
export const SendBody = t.intersection([
  t.type({ data: t.unknown }, 'an object'),
  t.partial({ symbolName: Name, meta: MetaBody, ack: t.boolean }, 'an object'),
]);

export const kindOf = (pluginType: ControlBody['pluginType']): SymbolKind =>
  pluginType === 'func' ? 'function' : pluginType;

/** Throws `ERR_REQUEST_INVALID`; `where` is the request. */
export function decodeBody<A>(codec: t.Type<A, unknown, unknown>, body: unknown, where: string): A {
  const decoded = codec.decode(body);
  if (isLeft(decoded)) throw askedWrongly(where, [...new Set(decoded.left.map(describe))]);
  return decoded.right;
}

function describe({ context, value, message }: t.ValidationError): string {
  // The parts of an intersection are steps of their own.
  const path = context.flatMap(({ key }, at) => (at === 0 || isIntersection(context[at - 1]) ? [] : [key])).join('.');
  const field = path === '' ? 'the body' : path;
  const expected = context.at(-1)?.type.name ?? 'something else';
  if (value === undefined) return `${field} is missing: expected ${wordOf(expected)}`;
  return message === undefined
    ? `${field} is ${excerpt(showJson(value))}: expected ${wordOf(expected)}`
    : `${field}: ${message}`;
}

const isIntersection = (step: t.ContextEntry | undefined): boolean =>
  step !== undefined && '_tag' in step.type && step.type._tag === 'IntersectionType';

const WORDS: Readonly<Record<string, string>> = { string: 'a string', boolean: 'true or false', Name: 'a name' };
const wordOf = (type: string): string => WORDS[type] ?? type;
