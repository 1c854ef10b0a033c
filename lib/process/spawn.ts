import { spawn as spawnChild, type ChildProcess } from 'node:child_process';
import { Observable } from 'rxjs';
import { after, type Clock } from '../clock.js';
import type { CommandLine } from './command-line.js';
import { groupGone, signalGroup } from './group.js';
import { OutputReader, PER_SECOND } from './output-reader.js';

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
  /**
   * Called before anything else can happen. `gone` resolves when no process of the group is left, or when that is not
   * waited for any longer.
   */
  readonly record?: (pid: number, gone: Promise<unknown>) => void;
}

/**
 * One process in a process group of its own. Cold: each subscription starts one. It completes when the rest of the group
 * has ended too, at the latest `grace` and two seconds after its leader.
 *
 * Unsubscribing sends SIGTERM to the group and, after `grace`, SIGKILL to what is left of it; at once when the leader has
 * ended by itself.
 */
export function spawn(line: CommandLine, { env, clock, grace = 2_000, record }: SpawnOptions): Observable<Life> {
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
    const { pid } = child;
    const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const gone = pid === undefined ? Promise.resolve() : exit.then(() => groupGone(clock, pid, grace + UNKILLABLE));
    if (pid !== undefined) record?.(pid, gone);
    let over = false;
    void gone.then(() => (over = true));

    let ended = false;
    const follow = (stream: 'stdout' | 'stderr'): readonly OutputReader[] => {
      const printed = child[stream];
      // Where there is no descriptor left.
      if (!printed) return [];
      const line = (text: string): void => subscriber.next({ type: 'line', stream, text });
      const leftOut = (bytes: number): void =>
        subscriber.next({ type: 'line', stream: 'stderr', text: leftOutText(stream, bytes) });
      return [new OutputReader(printed, { clock, line, leftOut })];
    };
    const output = [...follow('stdout'), ...follow('stderr')];

    const finish = (last: Life): void => {
      if (ended) return;
      for (const reader of output) reader.end();
      ended = true;
      subscriber.next(last);
      void gone.then(() => {
        // Not before, or who still writes would die of it; and who has left the group may hold the pipes open for ever.
        child.stdout?.destroy();
        child.stderr?.destroy();
        subscriber.complete();
      });
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
      if (over || pid === undefined) return;
      // What a leader that ended by itself has left behind goes with it.
      if (child.exitCode !== null || child.signalCode !== null) return signalGroup(pid, 'SIGKILL');
      signalGroup(pid, 'SIGTERM');
      const kill = after(clock, grace, () => signalGroup(pid, 'SIGKILL'));
      void gone.then(() => kill.unsubscribe());
    };
  });
}

const OUTPUT_GRACE = 1_000;
/** Milliseconds that the kernel may take to end what was killed. */
const UNKILLABLE = 2_000;

/** In front is what the lines of our SDK begin with. */
const leftOutText = (stream: 'stdout' | 'stderr', bytes: number): string =>
  `[WARN] ${bytes} bytes of ${stream} are left out here: it prints more than ${PER_SECOND} lines a second`;

function start({ file, args, cwd }: CommandLine, env: Readonly<Record<string, string>>): ChildProcess {
  // 077: the sockets that a plugin makes are this user's alone. The mask is inherited at the fork.
  const umask = process.umask(0o077);
  try {
    return spawnChild(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  } finally {
    process.umask(umask);
  }
}
