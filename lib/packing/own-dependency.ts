/** How a new plugin names this package in its `package.json`. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import * as t from 'io-ts';

/** What npm has installed, as far as it is of use here. */
const Lock = t.type({ packages: t.record(t.string, t.partial({ resolved: t.string })) });

/**
 * `^1.2.3` for a copy from a registry; for one that came as a file, from git or is worked on, where that is: a registry may
 * not have it. `root` is the folder of the copy.
 */
export async function ownDependency(root: string, version: string): Promise<string> {
  if (!root.split(sep).includes('node_modules')) return `file:${root}`;
  return (await originOf(dirname(root))) ?? `^${version}`;
}

async function originOf(modules: string): Promise<string | undefined> {
  const resolved = await lockedAs(join(modules, '.package-lock.json'));
  if (resolved?.startsWith('git+')) return resolved;
  if (!resolved?.startsWith('file:')) return undefined;
  return `file:${resolve(dirname(modules), resolved.slice('file:'.length))}`;
}

async function lockedAs(file: string): Promise<string | undefined> {
  try {
    const lock: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Lock.is(lock) ? lock.packages['node_modules/rxport']?.resolved : undefined;
  } catch {
    // Another package manager, or a global installation.
    return undefined;
  }
}
