import { readFile, readlink, stat } from 'node:fs/promises';
import type { Machine, Seen } from './orphans.js';
import { bootId, pids, PROC, statOf } from './proc.js';
import { SPAWN_TOKEN } from './spawn-record.js';

/** What runs of this user; undefined where there is no /proc. */
export async function lookAtMachine(proc = PROC): Promise<Machine | undefined> {
  const boot = bootId(proc);
  const uid = process.geteuid?.();
  if (boot === undefined || uid === undefined) return undefined;
  const processes: Seen[] = [];
  for (const pid of pids(proc)) {
    const seen = await lookAt(pid, uid, proc);
    if (seen !== undefined) processes.push(seen);
  }
  return { bootId: boot, pid: process.pid, uid, processes };
}

async function lookAt(pid: number, uid: number, proc: string): Promise<Seen | undefined> {
  const folder = `${proc}/${pid}`;
  const owner = await stat(folder).catch(() => undefined);
  if (owner?.uid !== uid) return undefined;
  const [environ, cmdline, exe] = await Promise.all([
    readFile(`${folder}/environ`, 'utf8').catch(() => ''),
    readFile(`${folder}/cmdline`, 'utf8').catch(() => ''),
    readlink(`${folder}/exe`).catch(() => ''),
  ]);
  const set = environ.split('\0').find((one) => one.startsWith(`${SPAWN_TOKEN}=`));
  // Last: what was read before belongs to the process that has this start time, or to one that has ended since.
  const shown = statOf(pid, proc);
  return shown && { ...shown, uid, token: set?.slice(SPAWN_TOKEN.length + 1), command: [exe, ...cmdline.split('\0')] };
}
