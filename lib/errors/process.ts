import { make, reasonOf, type RxportError } from './rxport-error.js';

export interface ExitFacts {
  readonly name: string;
  readonly command: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** Last lines of stderr. */
  readonly output: readonly string[];
}

/** How Go, Python and Node begin the line that says why; Go and Node print a stack after it. */
const REASON = /^(panic|fatal error|[\w.]*(Error|Exception)( \[\w+\])?): /;

/** The reason where a line gives one, and the last lines. */
function lastOutput({ output }: ExitFacts): string {
  const last = output.slice(-3);
  const reason = output.findLast((line) => REASON.test(line));
  const lines = reason === undefined || last.includes(reason) ? last : [reason, ...last];
  return lines.length === 0 ? '' : ` Last output: ${lines.map((line) => line.trim()).join(' | ')}.`;
}

/** What a shell, `setpriv` and `env` end with when there is no such program. */
const NO_PROGRAM = 127;

/** Of a plugin with another name, which dials an address where nobody listens: such words, or none at all. */
const DIALLED = /connect|dial|refused|ENOENT|no such file|ipc:/i;

const nameHint = ({ name }: Pick<ExitFacts, 'name'>): string => ` Is the name in its main program "${name}"?`;

/** What to look at: most often the program is missing, or has another name in it than the manifest. */
function exitHint({ name, code, output }: ExitFacts): string {
  if (code === NO_PROGRAM)
    return ' Is its program installed? pythonBin, nodeBin, condaBin and uvBin name those of the host.';
  const isAboutName = output.length === 0 || output.some((line) => DIALLED.test(line));
  return isAboutName ? nameHint({ name }) : '';
}

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
        ? ` before its handshake (${facts.command}).${lastOutput(facts)}${exitHint(facts)}`
        : `.${lastOutput(facts)}`),
    { ...facts, beforeHandshake },
  );

/** `trouble`: it has connected, and said something else. */
export const pluginHandshake = (facts: ExitFacts, timeout: number, trouble?: RxportError): RxportError =>
  make(
    'ERR_PLUGIN_HANDSHAKE',
    `plugin ${facts.name} did not shake hands within ${timeout} ms (${facts.command}).${lastOutput(facts)}` +
      (trouble === undefined ? nameHint(facts) : ` It connected, but ${trouble.message}`),
    { ...facts, timeout },
    trouble,
  );

/** It did not do its part, and so the host has ended it: under the code of what it did not do. */
export const pluginKilled = (facts: ExitFacts, reason: RxportError): RxportError =>
  make(
    reason.code,
    `${reason.message}; its process ${facts.signal === null ? 'does not end by SIGKILL' : 'was killed'}.${lastOutput(facts)}`,
    { ...reason.details, ...facts },
    reason,
  );

/** Of a process that somebody else has started. */
export const pluginLeft = (name: string): RxportError =>
  make('ERR_PLUGIN_EXITED', `plugin ${name}, which was started by hand, has closed its control channel: it has ended`, {
    name,
  });

export const pluginFailed = (name: string, cause: RxportError): RxportError =>
  make(
    'ERR_PLUGIN_FAILED',
    `plugin ${name} keeps crashing and is not started any more: ${cause.message}`,
    { name },
    cause,
  );

export const pluginStopped = (name: string): RxportError =>
  make('ERR_PLUGIN_STOPPED', `plugin ${name} has been stopped or removed`, { name });

export const pluginQuiet = (name: string, silence: number): RxportError =>
  make('ERR_PLUGIN_QUIET', `plugin ${name} has said nothing for ${silence} ms: it hangs, or its process was stopped`, {
    name,
    silence,
  });

export const pluginHung = (name: string, silence: number): RxportError =>
  make(
    'ERR_PLUGIN_HUNG',
    `plugin ${name} has said nothing for ${silence} ms and is restarted: its log may say where it hangs`,
    { name, silence },
  );
