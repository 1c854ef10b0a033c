/** What this process holds of the machine: to be compared before and after. Needs /proc. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

export interface Footprint {
  readonly descriptors: number;
  /** Socket files in the folder whose name holds one of the marks. */
  readonly sockets: readonly string[];
  /** Command lines of living child processes. */
  readonly children: readonly string[];
}

export const footprint = (folder: string, marks: readonly string[]): Footprint => ({
  descriptors: descriptorsOf('self'),
  sockets: readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isSocket() && marks.some((mark) => entry.name.includes(mark)))
    .map(({ name }) => name),
  children: children(),
});

/** To be awaited before the first footprint: Node opens /dev/null for the first child whose output it reads, and keeps it. */
export async function spawnFirst(): Promise<void> {
  await once(spawn('true', { stdio: ['ignore', 'pipe', 'pipe'] }), 'close');
}

/** Open descriptors of a process; the one that looks is not counted. */
export const descriptorsOf = (pid: number | 'self'): number =>
  readdirSync(`/proc/${pid}/fd`).length - (pid === 'self' ? 1 : 0);

/** Resident memory of a process, in bytes. */
export const residentOf = (pid: number): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

function children(): readonly string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => isChild(read(`/proc/${pid}/stat`)))
    .map((pid) => `${pid}: ${read(`/proc/${pid}/cmdline`).split('\0').join(' ')}`);
}

/** Behind the name in parentheses: state and parent. One that nobody has reaped yet is no child that lives. */
function isChild(stat: string): boolean {
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(parent) === process.pid && state !== 'Z';
}

/** Nothing of a process that has ended since. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
