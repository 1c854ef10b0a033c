/** A value of a source, and what is known about it. */
export class WithMeta<T = unknown> {
  constructor(
    readonly value: T,
    readonly meta: Readonly<Record<string, unknown>>,
  ) {}
}

/**
 * Attaches meta to a value of a source.
 *
 * ```ts
 * yield withMeta({ celsius: 21.5 }, { sensor: 'hall', at: Date.now() });
 * ```
 */
export const withMeta = <T>(value: T, meta: Readonly<Record<string, unknown>>): WithMeta<T> =>
  new WithMeta(value, meta);
