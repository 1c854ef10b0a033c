import { readFile, readlink, stat } from 'node:fs/promises';
import type { Machine, Seen } from './orphans.js';
import { bootId, pids, PROC, type Stat, statOf } from './proc.js';
import { SPAWN_TOKEN } from './spawn-record.js';

/** What runs of this user and has started at `since`, a start time, or later; undefined where there is no /proc. */
export async function lookAtMachine(since: number, proc = PROC): Promise<Machine | undefined> {
  const boot = bootId(proc);
  const uid = process.geteuid?.();
  if (boot === undefined || uid === undefined) return undefined;
  const processes: Seen[] = [];
  for (const pid of pids(proc)) {
    // Most are older than any plugin, and a look costs ten times as much as this.
    const stat = statOf(pid, proc);
    if (stat === undefined || Number(stat.startTime) < since) continue;
    const seen = await lookAt(stat, uid, proc);
    if (seen !== undefined) processes.push(seen);
  }
  return { bootId: boot, pid: process.pid, uid, processes };
}

async function lookAt({ pid, startTime }: Stat, uid: number, proc: string): Promise<Seen | undefined> {
  const folder = `${proc}/${pid}`;
  const owner = await stat(folder).catch(() => undefined);
  if (owner?.uid !== uid) return undefined;
  const [environ, cmdline, exe] = await Promise.all([
    readFile(`${folder}/environ`, 'utf8').catch(() => ''),
    readFile(`${folder}/cmdline`, 'utf8').catch(() => ''),
    readlink(`${folder}/exe`).catch(() => ''),
  ]);
  const set = environ.split('\0').find((one) => one.startsWith(`${SPAWN_TOKEN}=`));
  const after = statOf(pid, proc);
  // Its id was given away between the reads.
  if (after?.startTime !== startTime) return undefined;
  return { ...after, uid, token: set?.slice(SPAWN_TOKEN.length + 1), command: [exe, ...cmdline.split('\0')] };
}
