/** Processes that have ended and that their parent does not reap, as a container without an init leaves them. */
import { afterEach } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { until } from './until.js';

export interface Zombie {
  readonly pid: number;
  readonly startTime: string;
}

const parents: ChildProcess[] = [];

afterEach(async () => {
  for (const parent of parents.splice(0)) {
    const ended = once(parent, 'exit');
    parent.kill('SIGKILL');
    await ended;
  }
});

export async function startZombie(): Promise<Zombie> {
  // The program that takes the place of the shell knows nothing of the shell's child.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  parents.push(parent);
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(chunk.toString());
  const fields = (): readonly string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  await until(() => fields()[0] === 'Z', 'a zombie');
  return { pid, startTime: fields()[19] ?? '' };
}
