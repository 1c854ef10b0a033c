import type { Decoder } from 'io-ts';
import type { CallOptions } from './call-options.js';
import type { SharedFunction } from './function-pool.js';
import type { Owner } from './owner.js';

/** What `call` becomes when it is subscribed. */
export interface CallSpec<T, R> {
  readonly owner: Owner;
  readonly shared: SharedFunction;
  /** The last argument of each Exec: stable, since the SDKs keep one context for each that they see. */
  readonly context: string;
  readonly args: (value: T, index: number) => readonly unknown[];
  readonly project: ((value: T, result: unknown, index: number) => R) | undefined;
  readonly decode: Decoder<unknown, unknown> | undefined;
  readonly options: CallOptions<T, unknown>;
}
