import { type Terminal, terminal } from './terminal.js';

/** What a command has of the process that it runs in. */
export interface Shell {
  /** Data. */
  readonly out: Terminal;
  /** Messages, progress, errors. */
  readonly err: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by the first Ctrl-C or SIGTERM, and by a terminal that is closed. */
  readonly interrupted: AbortSignal;
  /** As `interrupted`, and when nobody reads `out` any more: what is done for its output alone then has no purpose. */
  readonly signal: AbortSignal;
  /** Aborted by the second Ctrl-C or SIGTERM: what is being ended gently is cut short. */
  readonly impatience: AbortSignal;
  /** True once the reader of `out` has gone, as `head` does. */
  readonly isUnread: () => boolean;
  /** Resolves when all of `out` has left the process; with why some of it has not, as on a full disk. */
  readonly written: () => Promise<Error | undefined>;
}

/** What every command understands, wherever it stands on the line. */
export interface CommonOptions {
  readonly dir?: string;
  readonly url?: string;
  readonly tokenFile?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly json?: boolean;
}

/** A third signal does not wait for anything. */
const AT_ONCE = 3;

/** What a shell takes of a process. */
export type ShellProcess = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env' | 'on' | 'exit'>;

export function processShell(of: ShellProcess = process): Shell {
  const { stdout, stderr, env } = of;
  const [ended, hurried, deaf] = [new AbortController(), new AbortController(), new AbortController()];
  let signals = 0;
  const interrupt = (): void => {
    signals += 1;
    ended.abort();
    if (signals > 1) hurried.abort();
    if (signals >= AT_ONCE) of.exit(130);
  };
  // The terminal is gone. Kernel and shell may both say so, which is no second wish.
  const hangUp = (): void => {
    if (signals === 0) interrupt();
  };
  of.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', hangUp);
  let unwritten: Error | undefined;
  stdout.on('error', (cause: NodeJS.ErrnoException) => {
    // What a terminal says that is gone.
    if (cause.code === 'EPIPE' || (cause.code === 'EIO' && stdout.isTTY)) deaf.abort();
    else unwritten ??= cause;
  });
  // Nobody is left to be told.
  stderr.on('error', () => undefined);
  return {
    out: terminal(stdout, env),
    err: terminal(stderr, env),
    env,
    interrupted: ended.signal,
    signal: AbortSignal.any([ended.signal, deaf.signal]),
    impatience: hurried.signal,
    isUnread: () => deaf.signal.aborted,
    written: async () => {
      await new Promise<void>((resolve) => stdout.write('', () => resolve()));
      return unwritten;
    },
  };
}
