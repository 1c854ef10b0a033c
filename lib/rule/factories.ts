import type { Decoder } from 'io-ts';
import type { OperatorFunction } from 'rxjs';
import type { CallOptions } from '../symbol/call-options.js';
import type { Sink, SinkOptions } from '../symbol/sink.js';
import type { Source } from '../symbol/source.js';
import type { Parse } from '../wire/source.js';
import type { Field, Functions, NameOf, Sinks, Sources } from './names.js';

type AnyConfig = Readonly<Record<string, unknown>>;

export interface SourceOptions<Config = AnyConfig> {
  /** What the source reads: a topic, a path, a table. */
  readonly dataSource?: string;
  /** A named configuration of the symbol; `config` overrides it, property by property. */
  readonly confKey?: string;
  readonly config?: Config;
  /** In place of `JSON.parse`, for the text of a frame: for 64-bit integers, say. */
  readonly parse?: Parse;
}

/** A value is checked; what does not pass is counted `dropped{decode}` (source) or fails the call (function). */
export interface Decoded<A> {
  readonly decode: Decoder<unknown, A>;
}

/** `source<Reading>('thermo')` is a claim, `{ decode: codec }` the checked form, neither gives `unknown`. */
export interface SourceFactory {
  <A, Name extends NameOf<Sources> = NameOf<Sources>>(
    name: Name,
    options: SourceOptions<Field<Sources, Name, 'config', AnyConfig>> & Decoded<A>,
  ): Source<A>;
  <T = never, Name extends NameOf<Sources> = NameOf<Sources>>(
    name: Name,
    options?: SourceOptions<Field<Sources, Name, 'config', AnyConfig>>,
  ): Source<[T] extends [never] ? Field<Sources, Name, 'value', unknown> : T>;
}

type ArgsOf<Name> = Field<Functions, Name, 'args', readonly unknown[]>;
type ResultOf<Name> = Field<Functions, Name, 'result', unknown>;

/**
 * `args` makes the arguments of each call; `project` joins the value with the result, without it the result goes on.
 *
 * A function may keep something for each place that calls it. Each `call` of a body is such a place, the same in each run
 * of the rule. Those that are made later, for each value in a projection, are one place for each function: make the operator
 * in the body, and use it there, where that matters.
 */
export interface Call {
  <T, R, Name extends NameOf<Functions>, V = ResultOf<Name>, E = never>(
    name: Name,
    args: (value: T, index: number) => ArgsOf<Name>,
    project: (value: T, result: V, index: number) => R,
    options?: CallOptions<T, E>,
  ): OperatorFunction<T, R | E>;
  <T, A, Name extends NameOf<Functions>, E = never>(
    name: Name,
    args: (value: T, index: number) => ArgsOf<Name>,
    options: CallOptions<T, E> & Decoded<A>,
  ): OperatorFunction<T, A | E>;
  <T, Name extends NameOf<Functions>, E = never>(
    name: Name,
    args: (value: T, index: number) => ArgsOf<Name>,
    options?: CallOptions<T, E>,
  ): OperatorFunction<T, ResultOf<Name> | E>;
}

export type SinkFactory = <T = never, Name extends NameOf<Sinks> = NameOf<Sinks>>(
  name: Name,
  options?: SinkOptions<Field<Sinks, Name, 'config', AnyConfig>>,
) => Sink<[T] extends [never] ? Field<Sinks, Name, 'value', unknown> : T>;
