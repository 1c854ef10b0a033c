/** What a host takes of the memory: each measurement is a process of its own. */
import { once } from 'node:events';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../child.js';
import type { Contender } from '../contenders.js';
import type { Opened, Sample } from '../harness.js';
import { tempFolder } from '../plugins.js';

const PROGRAM = '.cache/bench/programs/resident.mjs';
const KIB_PER_MIB = 1024;

export type Load = 'nobody takes it' | 'no answer' | 'a sink that stands still' | 'a value over the limit';

const BARE = "console.log(require('fs').readFileSync('/proc/self/status', 'utf8'))";

export const bareNode = async (): Promise<Opened> => ({
  run: () => resident(['-e', BARE]),
  close: async () => undefined,
});

/** A host that takes in so many tuples of a size, or under a flood of them and a load that has no end (`resident.ts`). */
export async function hostWith(contender: Contender, bytes: number, load: number | Load): Promise<Opened> {
  const [from, to] = [contender.copy(), contender.copy()];
  const dir = join(tempFolder(), 'data');
  mkdirSync(join(dir, 'plugins/portables'), { recursive: true });
  for (const { dir: folder, name } of [from, to])
    cpSync(folder, join(dir, 'plugins/portables', name), { recursive: true });
  const { source, slow } = from;
  const cast = { source, flood: from.flood(bytes), slow, sink: to.sink, collect: to.collect, plugin: to.name };
  return {
    run: () => resident([PROGRAM, dir, JSON.stringify(cast), String(load)]),
    close: async () => undefined,
  };
}

/** What a Node program says that prints its /proc/self/status. */
async function resident(args: readonly string[]): Promise<Sample> {
  const child = startChild([process.execPath, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let status = '';
  child.stdout?.on('data', (data: Buffer) => (status += data.toString()));
  await exited;
  const mib = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KIB_PER_MIB;
  return { 'RSS MiB': mib('VmRSS'), 'peak MiB': mib('VmHWM') };
}
