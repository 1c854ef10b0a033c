import type { ErrorCode } from './codes.js';

export interface ErrorOptions {
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What every part of rxport throws, rejects with and reports. */
export class RxportError extends Error {
  override readonly name = 'RxportError';
  /** Facts behind the text, for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { cause, details = {} }: ErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.details = details;
  }

  /** What `JSON.stringify` makes of it: that of an Error has no `message`. */
  toJSON(): object {
    const { name, code, message, details } = this;
    return { name, code, message, details };
  }
}

/** Shorter than `new`, for the factories beside this file. */
export const make = (
  code: ErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
) => new RxportError(code, message, { details, cause });

/** The text of whatever was thrown; never throws, though a getter of it may. */
export function reasonOf(thrown: unknown): string {
  try {
    if (hasMessage(thrown)) return thrown.message;
    return typeof thrown === 'object' && thrown !== null ? showJson(thrown) : String(thrown);
  } catch {
    return `a ${typeof thrown} that can not be read`;
  }
}

/**
 * A foreign value as JSON, for the text of an error. What nests deeper than the stack, or holds a bigint, is parsed by
 * some and can not be written.
 */
export function showJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a ${typeof value} that JSON can not show`;
  }
}

/** The error itself when it is ours, else wrapped: what a user's function threw, and where. */
export const userError = (where: string, thrown: unknown): RxportError =>
  thrown instanceof RxportError
    ? thrown
    : make('ERR_USER_FUNCTION', `${where} threw: ${reasonOf(thrown)}`, { where }, thrown);

/** Of Node's file system, say. Structural, as below. */
export const isSystemError = (thrown: unknown): thrown is NodeJS.ErrnoException =>
  typeof (Object(thrown) as NodeJS.ErrnoException).syscall === 'string';

/** Structural: an error may come from another realm, where `instanceof Error` is false. */
const hasMessage = (thrown: unknown): thrown is { readonly message: string } =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
