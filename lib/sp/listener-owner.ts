import { readlinkSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ListenerOwner {
  readonly pid: number;
  /** As the kernel has it: at most 15 bytes. */
  readonly command: string;
}

export interface SearchOptions {
  /** Where to look instead of /proc. */
  readonly proc?: string;
  /** How many open files are looked at before the search is given up; default 20,000. */
  readonly maxFiles?: number;
}

/** `00000000e234220e: 00000002 00000000 00010000 0001 01 191680 /tmp/plugin_x.ipc`: flags, inode, path. */
const SOCKET = /^\w+: \w+ \w+ (\w+) \w+ \w+ +(\d+) (.+)$/;
const LISTENS = 0x10000;

/**
 * The process that listens on the unix socket at `path`, as far as Linux shows it to this user. A path that was bound in
 * other words, such as a relative one, is not found.
 */
export async function listenerOwner(
  path: string,
  { proc = '/proc', maxFiles = 20_000 }: SearchOptions = {},
): Promise<ListenerOwner | undefined> {
  const [inode, other] = listeningInodes(await textOf(`${proc}/net/unix`), path);
  // Of two nobody can tell which one has the file now: the other's was removed by force, and it still listens.
  if (inode === undefined || other !== undefined) return undefined;
  let budget = maxFiles;
  for (const pid of (await namesIn(proc)).map(Number).filter(Number.isInteger)) {
    const folder = join(proc, `${pid}`, 'fd');
    const files = await namesIn(folder);
    budget -= files.length;
    if (budget < 0) return undefined;
    if (!files.some((file) => linkOf(join(folder, file)) === `socket:[${inode}]`)) continue;
    const command = await textOf(join(proc, `${pid}`, 'comm'));
    // A process names itself.
    return { pid, command: command.trim().replace(/[^\x20-\x7e]/g, '?') };
  }
  return undefined;
}

export const listeningInodes = (table: string, path: string): readonly number[] =>
  table.split('\n').flatMap((line) => {
    const [, flags = '', inode, name] = SOCKET.exec(line) ?? [];
    return name === path && (parseInt(flags, 16) & LISTENS) !== 0 ? [Number(inode)] : [];
  });

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** Nothing of what other users run. */
const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

function linkOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
