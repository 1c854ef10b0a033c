/** What a plugin that was refused, failed or removed has left on this machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold sockets, and the data folder of the host. */
export interface Places {
  readonly dir: string;
  readonly ipcDir: string;
}

/** Sockets whose path holds one of `names`, processes that run from the data folder, and all that lies in its `plugins`. */
export function leftovers({ dir, ipcDir }: Places, names: readonly string[]): readonly string[] {
  const sockets = ['/tmp', ipcDir]
    .flatMap((folder) => list(folder).map((file) => join(folder, file)))
    .filter((path) => names.some((name) => path.includes(`_${name}.`)));
  const folders = ['portables', '.staging'].flatMap((folder) =>
    list(join(dir, 'plugins', folder))
      .filter((file) => names.some((name) => file.includes(name)) || folder === '.staging')
      .map((file) => join(folder, file)),
  );
  return [...sockets, ...folders, ...processesOf(join(dir, 'plugins'), names)];
}

/** Command lines that mention `folder` and one of `names`. */
export const processesOf = (folder: string, names: readonly string[]): readonly string[] =>
  list('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => `${pid}: ${commandOf(pid)}`)
    .filter((command) => command.includes(folder) && names.some((name) => command.includes(name)));

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
  } catch {
    return '';
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
