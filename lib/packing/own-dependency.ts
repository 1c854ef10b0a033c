/** How a new plugin names this package in its `package.json`. */
import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import * as t from 'io-ts';

/** What npm has installed, as far as it is of use here. */
const Lock = t.type({ packages: t.record(t.string, t.partial({ resolved: t.string })) });

const MODULES = 'node_modules';

/**
 * `^1.2.3` for a copy from a registry; for one that came as a file, from git, from an address or is worked on, where that
 * is: a registry may not have it. `root` is the folder of the copy.
 */
export async function ownDependency(root: string, version: string): Promise<string> {
  if (!root.split(sep).includes(MODULES)) return `file:${root}`;
  return (await originOf(root)) ?? `^${version}`;
}

/** npm writes one lock for a whole tree, also of copies that lie within other packages. */
async function originOf(root: string): Promise<string | undefined> {
  const parts = root.split(sep);
  for (let at = parts.lastIndexOf(MODULES); at > 0; at = parts.lastIndexOf(MODULES, at - 1)) {
    const home = parts.slice(0, at).join(sep) || sep;
    const resolved = await lockedAs(join(home, MODULES, '.package-lock.json'), parts.slice(at).join('/'));
    if (resolved !== undefined) return shown(resolved, home);
  }
  return undefined;
}

function shown(resolved: string, home: string): string | undefined {
  if (resolved.startsWith('git+')) return resolved;
  if (resolved.startsWith('file:')) return `file:${resolve(home, resolved.slice('file:'.length))}`;
  return isAddress(resolved) ? resolved : undefined;
}

/** Registries keep their packages at https://host/rxport/-/rxport-1.2.3.tgz; what is linked has a path. */
const isAddress = (resolved: string): boolean => /^https?:/.test(resolved) && !resolved.includes('/rxport/-/');

async function lockedAs(file: string, key: string): Promise<string | undefined> {
  try {
    const lock: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Lock.is(lock) ? lock.packages[key]?.resolved : undefined;
  } catch {
    // Another package manager, or a global installation.
    return undefined;
  }
}
