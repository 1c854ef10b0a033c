/** A program that is run to its end while a plugin is installed. What runs it belongs to the process layer. */
export interface Command {
  /** Of the plugin. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

export interface RunLimits {
  /** Milliseconds until it is killed, with its process group. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** How it ended, when nothing of its process group runs any more. */
export interface Ended {
  readonly end: 'exited' | 'late' | 'unspawned';
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of its output, without terminal sequences. */
  readonly output: readonly string[];
  /** Why it could not be executed. */
  readonly cause?: unknown;
}

/** Rejects with the reason of an aborted signal, and only with that. */
export type RunCommand = (command: Command, limits: RunLimits) => Promise<Ended>;

/** What a shell, and `setpriv`, say of a program that is not there. */
export const NOT_FOUND = 127;
