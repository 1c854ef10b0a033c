import { after, type Clock } from '../clock.js';
import type { Command, Ended, RunCommand, RunLimits } from '../install/command.js';
import { dieWithHost } from './command-line.js';
import { signalGroup } from './group.js';
import { Tail } from './output.js';
import type { Life } from './spawn.js';
import type { SpawnRecords } from './spawn-records.js';

export interface RunnerOptions {
  readonly records: SpawnRecords;
  readonly clock: Clock;
  readonly setpriv: string | undefined;
  /** The environment of what is run: no more than plugins get. */
  readonly env: () => Readonly<Record<string, string>>;
}

/** Lines of output that are kept. */
const KEPT = 20;

/**
 * Runs programs to their end, each in a process group of its own: what it leaves behind in there is killed when it ends,
 * and everything at once when its time is up or its signal aborts. A host that is killed meanwhile leaves a record, as of
 * a plugin.
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
    const kill = (): void => {
      // Before it has a pid: as soon as that is known.
      doomed = true;
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    };
    const deadline = after(clock, timeout, () => {
      late = true;
      kill();
    });
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
    const complete = (): void => {
      deadline.unsubscribe();
      signal?.removeEventListener('abort', kill);
      resolve({ ...endOf(last, late), output: tail.read() });
    };
    const line = dieWithHost({ file, args, cwd }, setpriv);
    records.spawn(line, { env: env(), clock }, { name, executable: file }).subscribe({ next, complete });
  });

function endOf(last: Life | undefined, late: boolean): Omit<Ended, 'output'> {
  if (last?.type === 'exited') return { end: late ? 'late' : 'exited', code: last.code, signal: last.signal };
  const cause = last?.type === 'unspawned' ? last.cause : undefined;
  return { end: 'unspawned', code: null, signal: null, cause };
}
