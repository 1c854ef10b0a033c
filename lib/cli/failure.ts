/** How a command says that it has failed: a text for people or JSON for programs, and an exit code. */
import { ERROR_CODES, type ErrorCode, reasonOf, RxportError, showJson } from '../errors.js';
import { plainText } from '../process/output.js';
import type { Terminal } from './terminal.js';

export const exitCode = (thrown: unknown): number => ERROR_CODES[codeOf(thrown)].exit;

/** One line, `rxport: what went wrong (ERR_CODE)`, or an object with `error` in it. */
export function tellFailure(err: Terminal, thrown: unknown, json: boolean): void {
  const code = codeOf(thrown);
  const message = reasonOf(thrown);
  if (json) {
    const details = thrown instanceof RxportError ? thrown.details : {};
    return err.line(showJson({ error: { code, message, details } }));
  }
  const shown = message.split('\n').map(plainText).join('\n');
  err.line(`${err.paint('red', 'rxport:')} ${shown}${err.paint('dim', ` (${code})`)}`);
}

/** Says why, and ends the process at once: for what could not be ended gently. */
export const givingUp =
  ({ err }: { readonly err: Terminal }, { json = false }: { readonly json?: boolean }) =>
  (thrown: unknown): void => {
    tellFailure(err, thrown, json);
    process.exit(exitCode(thrown));
  };

/** Structural: an error may come from another realm. */
function codeOf(thrown: unknown): ErrorCode {
  const { code } = Object(thrown) as { readonly code?: unknown };
  return isErrorCode(code) ? code : 'ERR_INTERNAL';
}

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
