import { type CheckedOverflow, checkOverflow, DEFAULT_OVERFLOW, type Overflow } from '../lib/stage.js';

/** What an operator that holds values is called, and how much it may hold. */
export interface StageOptions extends Partial<Overflow> {
  /** How the ledger calls it; default the name of the operator. */
  readonly name?: string;
}

/** The queue that they ask for. Throws `ERR_OPERATOR_OPTION`. */
export const overflowOf = (
  operator: string,
  options: StageOptions,
  fallback: Overflow = DEFAULT_OVERFLOW,
): CheckedOverflow =>
  checkOverflow(
    operator,
    {
      size: options.size ?? fallback.size,
      byWeight: options.size === undefined,
      policy: options.policy ?? fallback.policy,
      // Absent is not the same as undefined.
      ...(options.high !== undefined && { high: options.high }),
      ...(options.low !== undefined && { low: options.low }),
    },
    '',
  );
