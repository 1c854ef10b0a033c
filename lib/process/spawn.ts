import { spawn as spawnChild, type ChildProcess } from 'node:child_process';
import { Observable } from 'rxjs';
import { after, type Clock } from '../clock.js';
import type { CommandLine } from './command-line.js';
import { Lines } from './output.js';

/** What one process does, in the order in which it happens. */
export type Life =
  | { readonly type: 'spawned'; readonly pid: number }
  | { readonly type: 'line'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'exited'; readonly code: number | null; readonly signal: string | null }
  /** It could not be executed at all. */
  | { readonly type: 'unspawned'; readonly cause: Error };

export interface SpawnOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Milliseconds between SIGTERM and SIGKILL; default 2,000. */
  readonly grace?: number | undefined;
}

/**
 * One process in a process group of its own. Cold: each subscription starts one; it completes after the end.
 *
 * Unsubscribing sends SIGTERM to the group and, after `grace`, SIGKILL.
 */
export function spawn(line: CommandLine, { env, clock, grace = 2_000 }: SpawnOptions): Observable<Life> {
  return new Observable((subscriber) => {
    let child: ChildProcess;
    try {
      child = start(line, env);
    } catch (cause) {
      // Later, as every other end: a subscriber does not expect the end inside subscribe().
      queueMicrotask(() => {
        subscriber.next({ type: 'unspawned', cause: cause as Error });
        subscriber.complete();
      });
      return undefined;
    }
    const follow = (stream: 'stdout' | 'stderr'): Lines => {
      const lines = new Lines((text) => subscriber.next({ type: 'line', stream, text }));
      child[stream]?.on('data', (chunk: Buffer) => lines.push(chunk));
      return lines;
    };
    const output = [follow('stdout'), follow('stderr')];

    let ended = false;
    const finish = (last: Life): void => {
      if (ended) return;
      ended = true;
      // Grandchildren of the group may hold the pipes open for ever.
      child.stdout?.destroy();
      child.stderr?.destroy();
      for (const lines of output) lines.end();
      subscriber.next(last);
      subscriber.complete();
    };
    child.once('error', (cause) => finish({ type: 'unspawned', cause }));
    child.once('spawn', () => subscriber.next({ type: 'spawned', pid: child.pid ?? 0 }));
    child.once('exit', (code, signal) => {
      // 'close' comes when the output has been read; after a second nobody waits for it any longer.
      const cut = after(clock, OUTPUT_GRACE, () => finish({ type: 'exited', code, signal }));
      child.once('close', () => {
        cut.unsubscribe();
        finish({ type: 'exited', code, signal });
      });
    });
    return () => {
      if (!ended && child.pid !== undefined) terminate(child, child.pid, clock, grace);
    };
  });
}

const OUTPUT_GRACE = 1_000;

function start({ file, args, cwd }: CommandLine, env: Readonly<Record<string, string>>): ChildProcess {
  // 077: the sockets that a plugin makes are this user's alone. The mask is inherited at the fork.
  const umask = process.umask(0o077);
  try {
    return spawnChild(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  } finally {
    process.umask(umask);
  }
}

function terminate(child: ChildProcess, pid: number, clock: Clock, grace: number): void {
  // What the leader has left behind in its group goes with it.
  if (child.exitCode !== null || child.signalCode !== null) return signalGroup(pid, 'SIGKILL');
  signalGroup(pid, 'SIGTERM');
  const timer = after(clock, grace, () => signalGroup(pid, 'SIGKILL'));
  child.once('exit', () => {
    timer.unsubscribe();
    signalGroup(pid, 'SIGKILL');
  });
}

/** Signals a process group; the id of one with a member is not given to another. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: it ended between the decision and the signal.
  }
}
