/** Asks a program for one answer: what it prints, and how it ends. */
import { execFile } from 'node:child_process';

export interface Probe {
  /** Null when it was killed; undefined when it could not be executed at all. */
  readonly code: number | null | undefined;
  /** stdout and stderr, trimmed; 64 KiB at most. */
  readonly output: string;
}

const MAX_OUTPUT = 64 * 1024;

/** Never rejects. A program that takes longer than `timeout` milliseconds is killed. */
export function probe(file: string, args: readonly string[], timeout = 10_000): Promise<Probe> {
  return new Promise((resolve) => {
    const limits = { timeout, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT } as const;
    execFile(file, args, limits, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      if (error === null) return resolve({ code: 0, output });
      const { code } = error;
      if (typeof code === 'string') return resolve({ code: undefined, output: output === '' ? error.message : output });
      resolve({ code: error.killed === true ? null : (code ?? null), output });
    });
  });
}
