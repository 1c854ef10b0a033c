import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { configInvalid } from './errors.js';

const milliseconds = new t.Type<number, number, unknown>(
  'milliseconds',
  (value): value is number => typeof value === 'number' && value >= 0,
  (value, context) =>
    typeof value === 'number' && value >= 0
      ? t.success(value)
      : t.failure(value, context, `${JSON.stringify(value)} is no number of milliseconds`),
  t.identity,
);

/** How many processes a plugin may have. */
export const MAX_REPLICAS = 64;

export const isReplicas = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_REPLICAS;

const replicas = new t.Type<number, number, unknown>(
  'replicas',
  isReplicas,
  (value, context) =>
    isReplicas(value)
      ? t.success(value)
      : t.failure(value, context, `${JSON.stringify(value)} is no whole number from 1 to ${MAX_REPLICAS}`),
  t.identity,
);

const Settings = t.intersection([
  t.type({ dir: t.string }),
  t.partial({
    ipcDir: t.string,
    pythonBin: t.string,
    nodeBin: t.string,
    env: t.array(t.string),
    transport: t.keyof({ native: null, nanomsg: null }),
    handshakeTimeout: milliseconds,
    startTimeout: milliseconds,
    stopTimeout: milliseconds,
    killTimeout: milliseconds,
    flushTimeout: milliseconds,
    replicas: t.record(t.string, replicas),
  }),
]);

/** What a host can be told. Times are milliseconds. */
export interface HostSettings {
  /** The data folder: `plugins/portables/*` are loaded from it, `etc` holds the user's configuration of symbols. */
  readonly dir: string;
  /** Folder for the sockets of our SDK; default a private one below the system's temporary folder. */
  readonly ipcDir?: string;
  /** Interpreter of Python plugins; default `python3`. */
  readonly pythonBin?: string;
  /** Interpreter of Node plugins; default the one that runs the host. */
  readonly nodeBin?: string;
  /** Names of environment variables that plugins get besides `PATH HOME LANG TMPDIR`; default none. */
  readonly env?: readonly string[];
  /** Stack of the data channels; default `native`. */
  readonly transport?: 'native' | 'nanomsg';
  /** From the spawn of a plugin to its first frame; default 60,000. */
  readonly handshakeTimeout?: number;
  /** A START that takes longer restarts the plugin; default 30,000. */
  readonly startTimeout?: number;
  /** A STOP that takes longer restarts the plugin; default 5,000. */
  readonly stopTimeout?: number;
  /** From SIGTERM to SIGKILL, for a plugin and everything in its process group; default 2,000. */
  readonly killTimeout?: number;
  /** How long the operators of a stopping rule may take to emit what they hold; default 5,000. */
  readonly flushTimeout?: number;
  /** How many processes a plugin has, by its name, whatever its manifest says: 1 to 64. Its functions run in all of them. */
  readonly replicas?: Readonly<Record<string, number>>;
}

/** Throws `ERR_CONFIG_INVALID` with the path of each problem. */
export function checkSettings(settings: unknown): void {
  const decoded = Settings.decode(settings);
  if (isLeft(decoded)) throw configInvalid('host options', PathReporter.report(decoded));
}
