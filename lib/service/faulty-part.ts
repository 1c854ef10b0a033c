import { dirname, resolve } from 'node:path';
import { reasonOf } from '../errors.js';

/**
 * The file that an error of an import is about, which need not exist: a change of it may cure the error. Undefined where it
 * names none beside the rule file.
 */
export function faultyPart(thrown: unknown): string | undefined {
  const reason = reasonOf(thrown);
  const { requireStack } = Object(thrown) as { readonly requireStack?: unknown };
  const from: unknown = Array.isArray(requireStack) ? requireStack[0] : undefined;
  const missing = /^Cannot find module '(\.{0,2}\/[^'\n]+)'/.exec(reason)?.[1];
  if (missing !== undefined) return typeof from === 'string' ? resolve(dirname(from), missing) : undefined;
  // What Node says of JSON.
  return /^(\/[^\n]+?\.json): /.exec(reason)?.[1];
}
