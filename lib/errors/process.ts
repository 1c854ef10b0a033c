import { make, reasonOf, type RxportError } from './rxport-error.js';

export interface ExitFacts {
  readonly name: string;
  readonly command: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** Last lines of stderr. */
  readonly output: readonly string[];
}

const lastOutput = ({ output }: ExitFacts): string =>
  output.length === 0 ? '' : ` Last output: ${output.slice(-3).join(' | ')}.`;

const nameHint = ({ name }: ExitFacts): string => ` Is the name in its main program "${name}"?`;

const howItEnded = ({ code, signal }: ExitFacts): string => (signal === null ? `code ${code}` : `signal ${signal}`);

export const pluginSpawn = (name: string, command: string, cause: unknown): RxportError =>
  make(
    'ERR_PLUGIN_SPAWN',
    `plugin ${name} can not be started (${command}): ${reasonOf(cause)}`,
    { name, command },
    cause,
  );

export const pluginExited = (facts: ExitFacts, beforeHandshake: boolean): RxportError =>
  make(
    'ERR_PLUGIN_EXITED',
    `plugin ${facts.name} exited with ${howItEnded(facts)}` +
      (beforeHandshake
        ? ` before its handshake (${facts.command}).${lastOutput(facts)}${nameHint(facts)}`
        : `.${lastOutput(facts)}`),
    { ...facts, beforeHandshake },
  );

export const pluginHandshake = (facts: ExitFacts, timeout: number): RxportError =>
  make(
    'ERR_PLUGIN_HANDSHAKE',
    `plugin ${facts.name} did not shake hands within ${timeout} ms (${facts.command}).${lastOutput(facts)}${nameHint(facts)}`,
    { ...facts, timeout },
  );
