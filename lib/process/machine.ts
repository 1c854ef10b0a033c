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
  let isClear = true;
  for (const pid of pids(proc)) {
    // Most are older than any plugin, and a look costs ten times as much as this.
    const stat = statOf(pid, proc);
    if (stat === undefined || Number(stat.startTime) < since) continue;
    const looked = await lookAt(stat, uid, proc);
    if (looked === undefined) continue;
    processes.push(looked.seen);
    isClear &&= !looked.isChanging;
  }
  return { bootId: boot, pid: process.pid, uid, processes, isClear };
}

async function lookAt({ pid, startTime }: Stat, uid: number, proc: string): Promise<Looked | undefined> {
  const folder = `${proc}/${pid}`;
  const owner = await stat(folder).catch(() => undefined);
  if (owner?.uid !== uid) return undefined;
  let shown = await show(folder);
  let isChanging = false;
  if (shown.environ === '') {
    const { cmdline } = shown;
    shown = await show(folder);
    isChanging = shown.environ === '' && shown.exe !== '' && (cmdline === '' || cmdline !== shown.cmdline);
  }
  const { environ, cmdline, exe } = shown;
  const set = environ.split('\0').find((one) => one.startsWith(`${SPAWN_TOKEN}=`));
  const after = statOf(pid, proc);
  // Its id was given away between the reads.
  if (after?.startTime !== startTime) return undefined;
  const token = set?.slice(SPAWN_TOKEN.length + 1);
  return { isChanging, seen: { ...after, uid, token, command: [exe, ...cmdline.split('\0')] } };
}

interface Looked {
  readonly seen: Seen;
  /**
   * In the middle of execve(2) it has neither words nor an environment. One that was given no environment has words, and a
   * thread of the kernel no program either.
   */
  readonly isChanging: boolean;
}

/** The environment last: a program that has words had its environment with them. */
async function show(folder: string): Promise<{ exe: string; cmdline: string; environ: string }> {
  const [exe, cmdline] = await Promise.all([
    readlink(`${folder}/exe`).catch(() => ''),
    readFile(`${folder}/cmdline`, 'utf8').catch(() => ''),
  ]);
  return { exe, cmdline, environ: await readFile(`${folder}/environ`, 'utf8').catch(() => '') };
}
