import { make, reasonOf, type RxportError } from './rxport-error.js';

/** The command line can not be read: said before anything has happened. */
export const commandUsage = (text: string): RxportError => make('ERR_CLI_USAGE', text);

export const commandInterrupted = (): RxportError =>
  make('ERR_CLI_INTERRUPTED', 'interrupted: what had begun was taken back');

/** Of a question; of what a service does all the same, with the command that tells how it is. */
export const requestInterrupted = (look?: string): RxportError =>
  make('ERR_CLI_INTERRUPTED', `interrupted${look === undefined ? '' : `; the service goes on with it: ${look}`}`);

/** Rules, logs and processes live in a service; a folder alone has none. */
export const noService = (what: string, dir: string): RxportError =>
  make(
    'ERR_CLI_NO_SERVICE',
    `${what} needs a running service, and none runs over ${dir}: start one with rxport serve, or name another with --dir or --url`,
    { dir },
  );

/** The lock of the folder is that of another user. */
export const serviceUnseen = (what: string, dir: string): RxportError =>
  make(
    'ERR_CLI_NO_SERVICE',
    `${what} needs a running service, and whether one runs over ${dir} is not known: its lock can not be read, and may be that of another user; name the service with --url`,
    { dir },
  );

/** Who only looks, or changes what is there, does not want a new folder. */
export const noDataFolder = (dir: string): RxportError =>
  make(
    'ERR_CLI_NO_FOLDER',
    `no data folder at ${dir}: name another with --dir, or a service with --url; rxport serve and rxport plugin install make one`,
    { dir },
  );

/** Only a service has a list of hosts that packages may come from. */
export const downloadUnserved = (source: string, host: string, dir: string): RxportError =>
  make(
    'ERR_CLI_NO_SERVICE',
    `a package of ${host} is downloaded by a service, and none runs over ${dir}: rxport serve --download ${host}`,
    { source, dir },
  );

export const serviceUnreachable = (url: string, reason: string, cause?: unknown): RxportError =>
  make('ERR_CLI_UNREACHABLE', `nobody answers at ${url} (${reason}): is the service running there?`, { url }, cause);

/** It was there, and has gone while it was asked. */
export const serviceGone = (url: string, look?: string, cause?: unknown): RxportError => {
  const hint = look === undefined ? '' : `; when it runs again: ${look}`;
  return make(
    'ERR_CLI_UNREACHABLE',
    `${url} has closed the connection before all was answered: it has ended, perhaps${hint}`,
    { url },
    cause,
  );
};

/** `look`: the command that tells how what was asked for is. */
export const serviceLate = (url: string, timeout: number, look?: string): RxportError => {
  const hint = look === undefined ? '' : `; it may still be at work: ${look}`;
  return make('ERR_CLI_TIMEOUT', `${url} has not answered within ${timeout} ms${hint}`, { url, timeout });
};

/** What was asked for took longer than a request may, and has come to nothing. */
export const installationLost = (plugin: string, url: string, reason: string): RxportError =>
  make(
    'ERR_PLUGIN_FAILED',
    `plugin ${plugin} is not installed: ${reason || 'the service does not know it any more'}; the log of ${url} says why`,
    { plugin, url },
  );

/** Something else listens there, or a service of another version. */
export const serviceAnswer = (url: string, problem: string): RxportError =>
  make('ERR_CLI_ANSWER', `the answer of ${url} can not be read: ${problem}`, { url });

/** What a command had to say has not arrived, as on a full disk: whoever reads it has a part, or nothing. */
export const outputLost = (cause: unknown): RxportError =>
  make('ERR_CLI_OUTPUT', `the output can not be written: ${reasonOf(cause)}`, {}, cause);

/** An error of a service that names no code of ours, as a stock eKuiper does. */
export const serviceRefused = (url: string, status: number, message: string): RxportError =>
  make('ERR_CLI_REFUSED', `${url} answers ${status}: ${message}`, { url, status });

export const sourceUnnamed = (source: string, problem: string): RxportError =>
  make('ERR_CLI_USAGE', `${source}: ${problem}; say the plugin's name with --name`, { source });

/** Flags of a host, for a command that asks one that runs. */
export const flagsOfService = (flags: readonly string[], where: string): RxportError =>
  make(
    'ERR_CLI_USAGE',
    `the service at ${where} decides that when it starts: give ${flags.join(' ')} to rxport serve, not to this command`,
    { flags, where },
  );

/** A name that is not there, with the one that was meant: a service says only that it is unknown. */
export const unknownName = (
  what: 'plugin' | 'rule',
  name: string,
  near: string | undefined,
  known: readonly string[],
): RxportError => {
  const meant = near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `;
  const list = known.length === 0 ? `there are no ${what}s` : `Known ${what}s: ${known.slice(0, MOST).join(', ')}`;
  const text = `there is no ${what} ${name}: ${meant}${list}`;
  return make(what === 'plugin' ? 'ERR_PLUGIN_UNKNOWN' : 'ERR_RULE_UNKNOWN', text, { [what]: name, known });
};

/** Of a subscription or a promise; `place` is the line of the user's file, where its stack has one. */
export const unhandledError = (
  what: 'an error in a subscription' | 'a rejected promise',
  place: string | undefined,
  cause: unknown,
): RxportError => make('ERR_UNHANDLED', `nobody handles ${what}${at(place)}: ${reasonOf(cause)}`, { place }, cause);

/** What it has left half done is not known. */
export const uncaughtError = (place: string | undefined, cause: unknown): RxportError =>
  make('ERR_UNCAUGHT', `nobody caught an exception${at(place)}: ${reasonOf(cause)}`, { place }, cause);

const at = (place: string | undefined): string => (place === undefined ? '' : ` at ${place}`);

/** Names in the text of an error. */
const MOST = 20;
