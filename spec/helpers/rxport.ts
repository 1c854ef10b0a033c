/** The command `rxport`, as a process of its own: the built one, in an empty folder. */
import { afterEach } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './toolchains.js';
import { tempFolder } from './unique.js';
import { until } from './until.js';

export const RXPORT = `${root}dist/lib/cli/main.js`;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RxportOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const running: ChildProcess[] = [];

afterEach(async () => {
  await Promise.all(
    running.splice(0).map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // Gently: a service removes its sockets.
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(timer);
    }),
  );
});

export class Rxport {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;

  constructor(args: readonly string[], { cwd = tempFolder(), env = {} }: RxportOptions = {}) {
    const child = spawn(process.execPath, [RXPORT, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '', RXPORT_URL: '', RXPORT_DIR: '', RXPORT_TOKEN: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    running.push(child);
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.finished = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves when its stdout holds `text`. */
  says(text: string | RegExp): Promise<void> {
    return this.holds(text, () => this.stdout);
  }

  /** Resolves when its stderr holds `text`. */
  errs(text: string | RegExp): Promise<void> {
    return this.holds(text, () => this.stderr);
  }

  private async holds(text: string | RegExp, output: () => string): Promise<void> {
    const holds = (): boolean => (typeof text === 'string' ? output().includes(text) : text.test(output()));
    await until(() => holds() || this.child.exitCode !== null, `rxport says ${text}`);
    if (!holds()) throw new Error(`ended without ${text}: ${this.stdout}${this.stderr}`);
  }
}

export const rxport = (args: readonly string[], options?: RxportOptions): Promise<Finished> =>
  new Rxport(args, options).finished;
