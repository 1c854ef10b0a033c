import { isLeft } from 'fp-ts/lib/Either.js';
import type { Outcome } from '../channel/function-call.js';
import { callFailed, problemsOf, userError, valueInvalid } from '../errors.js';
import type { CallSpec } from './call-spec.js';

/** What a call makes of an outcome. Throws a coded error for everything that is not a value. */
export function valueOf<T, R>(
  { project, decode, shared }: CallSpec<T, R>,
  { value, index }: { readonly value: T; readonly index: number },
  outcome: Outcome,
): R {
  if (outcome.type === 'error' || outcome.type === 'invalid') throw outcome.error;
  if (outcome.type === 'failed') throw callFailed(shared.symbol, outcome.result);
  try {
    if (project !== undefined) return project(value, outcome.result, index);
    if (decode === undefined) return outcome.result as R;
    const decoded = decode.decode(outcome.result);
    if (!isLeft(decoded)) return decoded.right as R;
    throw valueInvalid(`result of function ${shared.symbol}`, problemsOf(decoded.left));
  } catch (thrown) {
    throw userError(`${project === undefined ? 'decode' : 'project'} of call ${shared.symbol}`, thrown);
  }
}
