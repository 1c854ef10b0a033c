import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type DurationRange, durationProblem, WAIT } from './duration.js';
import { configInvalid, settingProblems, showJson } from './errors.js';

const duration = (range: DurationRange) =>
  new t.Type<number, number, unknown>(
    'milliseconds',
    (value): value is number => durationProblem(value, range) === undefined,
    (value, context) => {
      const problem = durationProblem(value, range);
      return problem === undefined ? t.success(value as number) : t.failure(value, context, problem);
    },
    t.identity,
  );

const milliseconds = duration({ zero: true, endless: false });

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

const countable = (what: string, isOne: (value: number) => boolean) =>
  new t.Type<number, number, unknown>(
    what,
    (value): value is number => typeof value === 'number' && isOne(value),
    (value, context) =>
      typeof value === 'number' && isOne(value)
        ? t.success(value)
        : t.failure(value, context, `${typeof value === 'number' ? value : showJson(value)} is no ${what}`),
    t.identity,
  );

const count = countable('whole number from 1 on', (value) => Number.isSafeInteger(value) && value >= 1);
const ratio = countable('number from 1 on', (value) => Number.isFinite(value) && value >= 1);

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
    flushTimeout: duration(WAIT),
    replicas: t.record(t.string, replicas),
    allowScripts: t.boolean,
    scriptTimeout: milliseconds,
    verify: t.keyof({ off: null, warn: null, enforce: null }),
    condaBin: t.string,
    uvBin: t.string,
    zipLimits: t.partial({ entries: count, bytes: count, ratio, ratioFrom: count }),
  }),
]);

/** What a host can be told. Times are milliseconds. */
export interface HostSettings {
  /** The data folder: `plugins/portables/*` are loaded from it, `etc` holds the user's configuration of symbols. */
  readonly dir: string;
  /** Folder for the sockets of our SDK; default a private one below the system's temporary folder. */
  readonly ipcDir?: string;
  /** Interpreter of Python plugins, and of the environments that are made for them; default `python3`. */
  readonly pythonBin?: string;
  /** Interpreter of Node plugins; default the one that runs the host. */
  readonly nodeBin?: string;
  /**
   * Names of environment variables that plugins get besides `PATH HOME LANG TMPDIR`, and with them `install.sh`, pip and uv
   * (`PIP_INDEX_URL`, `HTTPS_PROXY`); default none.
   */
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
  /**
   * How long a stopping rule may take, once its sources have ended, for what they have sent and for what its operators hold;
   * default 5,000, `Infinity` for no limit. So long again, and its `ackTimeout`, may a sink that drains go without an ack in
   * time.
   */
  readonly flushTimeout?: number;
  /** How many processes a plugin has, by its name, whatever its manifest says: 1 to 64. Its functions run in all of them. */
  readonly replicas?: Readonly<Record<string, number>>;
  /**
   * Whether a package may bring an `install.sh`, which runs as the user of the host when it is installed; default false:
   * such a package is refused (`ERR_SCRIPT_REFUSED`).
   */
  readonly allowScripts?: boolean;
  /** How long an `install.sh`, or a step of making a Python environment, may take before it is killed; default 120,000. */
  readonly scriptTimeout?: number;
  /**
   * What becomes of a plugin whose files are not those that were installed (`plugins/rxport-lock.json`), looked at before
   * each start of its process. `warn` (default): files that have changed or are gone are logged and listed in the plugin's
   * `changed`, and it starts; files that have come do not count, nor do Python's caches. `enforce`: any difference, and it
   * is not started (`ERR_PLUGIN_CHANGED`); Python then writes no caches. `off`: nobody looks. A plugin that was put into
   * the folder by hand has nothing to be compared with, and starts.
   */
  readonly verify?: 'off' | 'warn' | 'enforce';
  /** Runs Python plugins with `virtualEnvType: "conda"`; default `conda`. */
  readonly condaBin?: string;
  /** Makes the environments of Python plugins with `virtualEnvType: "uv"`; default `uv`. */
  readonly uvBin?: string;
  /** Up to where a zip is unpacked; beyond it is refused (`ERR_ZIP_LIMIT`). A folder that is installed has no such limits. */
  readonly zipLimits?: {
    /** Files and folders; default 10,000. */
    readonly entries?: number;
    /** Of all files, unpacked; default 256 MiB. */
    readonly bytes?: number;
    /** Unpacked to packed size, of each file larger than `ratioFrom` bytes and of the whole; default 100. */
    readonly ratio?: number;
    /** Default 1 MiB. */
    readonly ratioFrom?: number;
  };
}

/** Throws `ERR_CONFIG_INVALID` with the name of each setting that is wrong. */
function checkSettings(settings: unknown): void {
  const decoded = Settings.decode(settings);
  if (isLeft(decoded)) throw configInvalid('host options', settingProblems(decoded.left));
}

/** What a program hands over with the settings; it need not be written in TypeScript. */
interface Parts {
  readonly logger?: { readonly child: unknown };
  readonly signal?: { readonly throwIfAborted: unknown };
}

/** The same, of all that a host is started with. */
export function checkOptions({ logger, signal, ...settings }: HostSettings & Parts): void {
  const problems: string[] = [];
  if (logger !== undefined && typeof logger.child !== 'function') problems.push('logger is no logger');
  if (signal !== undefined && typeof signal.throwIfAborted !== 'function') problems.push('signal is no AbortSignal');
  if (problems.length > 0) throw configInvalid('host options', problems);
  checkSettings(settings);
}
