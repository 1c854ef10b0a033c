import { lstat, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../../errors.js';
import { answers } from '../../sp/listen.js';
import { STOCK_IPC_DIR } from '../../wire/address.js';
import type { Finding, Level } from './finding.js';

/** Of a unix socket's path, in bytes. */
const MAX_PATH = 107;
/** Folder of a host, id of a symbol's channel and its ending: what a path has besides the folder and a rule's id. */
const AROUND = '/rxport-XXXXXX'.length + '/_0123456789_0_ack.ipc'.length;
/** A rule's id has up to 64. */
const LONGEST_NAME = 64;
/** Looked at, at most: somebody else's folder may be full. */
const MANY = 500;

export async function socketFindings(
  ipcDir: string = tmpdir(),
  stock: string = STOCK_IPC_DIR,
): Promise<readonly Finding[]> {
  const folders = [...new Set([ipcDir, stock])];
  return [
    room(ipcDir),
    ...(await Promise.all(folders.map(permissions))),
    await stale(stock, await hostFolders(ipcDir)),
  ];
}

const told = (what: string, level: Level, found: string, advice?: string): Finding => ({
  area: 'sockets',
  what,
  level,
  found,
  ...(advice !== undefined && { advice }),
});

function room(ipcDir: string): Finding {
  const left = MAX_PATH - Buffer.byteLength(ipcDir) - AROUND;
  const found = `${ipcDir} leaves ${left} bytes for the id of a rule`;
  if (left >= LONGEST_NAME) return told('path length', 'ok', found);
  return told('path length', left < 8 ? 'fail' : 'note', found, 'set TMPDIR to a shorter path, or keep ids shorter');
}

async function permissions(folder: string): Promise<Finding> {
  try {
    const { mode } = await stat(folder);
    const shown = `${folder}, mode ${(mode & 0o7777).toString(8)}`;
    // Others may write, but remove only what is theirs.
    const safe = (mode & 0o022) === 0 || (mode & 0o1000) !== 0;
    return safe
      ? told('folder', 'ok', shown)
      : told('folder', 'warn', `${shown}: others may replace sockets`, `chmod +t ${folder}`);
  } catch (cause) {
    return told('folder', 'fail', reasonOf(cause), `make ${folder}, or set TMPDIR`);
  }
}

const hostFolders = async (ipcDir: string): Promise<readonly string[]> =>
  (await readdir(ipcDir).catch((): readonly string[] => []))
    .filter((name) => name.startsWith('rxport-'))
    .map((name) => join(ipcDir, name));

/** Socket files that nobody listens on: a host that was killed has left them. */
async function stale(stock: string, folders: readonly string[]): Promise<Finding> {
  const files = (await Promise.all([stock, ...folders].map(socketsIn))).flat();
  const looked = files.slice(0, MANY);
  const isStale = await Promise.all(
    looked.map((file) =>
      answers(file).then(
        (yes) => !yes,
        () => false,
      ),
    ),
  );
  const left = looked.filter((_, index) => isStale[index]);
  if (left.length === 0) return told('stale files', 'ok', `none of ${files.length} socket files`);
  const some = left.slice(0, 3).join(', ') + (left.length > 3 ? ` and ${left.length - 3} more` : '');
  return told(
    'stale files',
    'note',
    `${left.length} of ${files.length}: ${some}`,
    'nobody listens there: they can be deleted',
  );
}

async function socketsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((): readonly string[] => []);
  const paths = names.filter((name) => name.endsWith('.ipc')).map((name) => join(folder, name));
  const own = await Promise.all(paths.map((path) => lstat(path).then(isOwnSocket, () => false)));
  return paths.filter((_, index) => own[index]);
}

const isOwnSocket = (file: { isSocket(): boolean; readonly uid: number }): boolean =>
  file.isSocket() && file.uid === process.getuid?.();
