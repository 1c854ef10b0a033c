import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import type { Command, Ended, RunCommand, RunLimits } from '../install/command.js';
import { dieWithHost } from './command-line.js';
import { signalGroup } from './group.js';
import { Tail } from './output.js';
import type { Life } from './spawn.js';
import type { SpawnRecords } from './spawn-records.js';

export interface RunnerOptions {
  readonly records: Pick<SpawnRecords, 'spawn'>;
  readonly clock: Clock;
  readonly setpriv: string | undefined;
  /** The environment of what is run: no more than plugins get. */
  readonly env: () => Readonly<Record<string, string>>;
}

/** Lines of output that are kept. */
const KEPT = 20;

/** Milliseconds from SIGKILL to the end of a process. */
const KILL_TIMEOUT = 10_000;

/**
 * Runs programs to their end, each in a process group of its own: what it leaves behind in there is killed when it ends,
 * and everything at once when its time is up or its signal aborts. What no signal reaches is waited for a while longer, and
 * no more. A host that is killed meanwhile leaves a record, as of a plugin.
 */
export const commandRunner =
  (options: RunnerOptions): RunCommand =>
  async (command, limits) => {
    limits.signal?.throwIfAborted();
    const ended = await run(command, limits, options);
    limits.signal?.throwIfAborted();
    return ended;
  };

const run = (
  { name, file, args, cwd }: Command,
  { timeout, signal }: RunLimits,
  { records, clock, setpriv, env }: RunnerOptions,
): Promise<Ended> =>
  new Promise((resolve) => {
    const tail = new Tail(KEPT);
    let pid: number | undefined;
    let late = false;
    let doomed = false;
    let last: Life | undefined;
    const running = new Subscription();
    const complete = (): void => {
      running.unsubscribe();
      signal?.removeEventListener('abort', kill);
      resolve({ ...endOf(last, late), output: tail.read() });
    };
    const kill = (): void => {
      // In the kernel, where no signal reaches it (a dead disk), it goes when it can: its record stays until then.
      if (!doomed) running.add(after(clock, KILL_TIMEOUT, complete));
      // Before it has a pid: as soon as that is known.
      doomed = true;
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    };
    running.add(
      after(clock, timeout, () => {
        late = true;
        kill();
      }),
    );
    signal?.addEventListener('abort', kill, { once: true });

    const next = (event: Life): void => {
      if (event.type === 'line') return tail.push(event.text);
      if (event.type === 'spawned') {
        pid = event.pid;
        if (doomed) kill();
        return;
      }
      last = event;
      // What it has started and left behind.
      kill();
    };
    const line = dieWithHost({ file, args, cwd }, setpriv);
    running.add(records.spawn(line, { env: env(), clock }, { name, executable: file }).subscribe({ next, complete }));
  });

function endOf(last: Life | undefined, late: boolean): Omit<Ended, 'output'> {
  if (last?.type === 'exited') return { end: late ? 'late' : 'exited', code: last.code, signal: last.signal };
  if (last === undefined) return { end: late ? 'late' : 'exited', code: null, signal: null };
  const cause = last.type === 'unspawned' ? last.cause : undefined;
  return { end: 'unspawned', code: null, signal: null, cause };
}
