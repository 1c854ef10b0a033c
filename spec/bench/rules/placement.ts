/** Which processors the parts of a rule run on. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Host } from '../../../lib/index.js';

const HOST = '0';
const PLUGINS = '1';

/** Why nothing is placed here; undefined where it is. Where there are more processors, the kernel finds those that are idle. */
export const placementMissing = (): string | undefined => {
  if (cpus().length !== 2) return 'only with two processors';
  return spawnSync('taskset', ['--version']).status === 0 ? undefined : 'no taskset here';
};

/** The host on one processor and its plugins on the other, while `work` runs. */
export async function placed<T>(host: Host, work: () => Promise<T>): Promise<T> {
  const pids = host.plugins.list().flatMap(({ pid }) => pid ?? []);
  try {
    place(HOST, [process.pid]);
    place(PLUGINS, pids);
    return await work();
  } finally {
    place(`${HOST},${PLUGINS}`, [process.pid, ...pids]);
  }
}

/** All threads of each. */
function place(processors: string, pids: readonly number[]): void {
  for (const pid of pids) execFileSync('taskset', ['-a', '-c', '-p', processors, String(pid)], { stdio: 'ignore' });
}
