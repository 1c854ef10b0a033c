import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { reasonOf } from '../../errors.js';
import { pluginFolders } from '../../install/folders.js';
import { isMarked, livingOwner } from '../../process/lock.js';
import { readPlugins } from '../folder-plugins.js';
import { bytes } from '../format.js';
import { addressFile, serviceAddress, writtenAddress } from '../service-address.js';
import type { Finding, Level } from './finding.js';

const LITTLE_SPACE = 256 * 1024 * 1024;

export async function folderFindings(dir: string): Promise<readonly Finding[]> {
  const found = await stat(dir).catch(() => undefined);
  if (found === undefined)
    return [told('folder', 'ok', `${dir} is not there yet, the first host makes it`), await space(dir)];
  if (!found.isDirectory()) return [told('folder', 'fail', `${dir} is no folder`, 'name another with --dir')];
  return [await mode(dir), await space(dir), ...(await owner(dir)), await staging(dir), await plugins(dir)];
}

const told = (what: string, level: Level, found: string, advice?: string): Finding => ({
  area: 'data folder',
  what,
  level,
  found,
  ...(advice !== undefined && { advice }),
});

/** Whoever may write there can have their programs run by the host. */
async function mode(dir: string): Promise<Finding> {
  const { mode: bits, uid } = await stat(dir);
  const shown = `${dir}, mode ${(bits & 0o777).toString(8)}`;
  const me = process.getuid?.();
  if (me !== undefined && me !== 0 && uid !== me)
    return told('folder', 'warn', `${shown}, owned by user ${uid}`, `chown it to user ${me}`);
  if ((bits & 0o022) !== 0) return told('folder', 'warn', `${shown}: others may write`, `chmod go-w ${dir}`);
  try {
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return told('folder', 'ok', shown);
  } catch (cause) {
    return told('folder', 'fail', `${shown}: ${reasonOf(cause)}`, `chmod u+rwx ${dir}`);
  }
}

async function space(dir: string): Promise<Finding> {
  for (let folder = resolve(dir); ; folder = dirname(folder)) {
    const disk = await statfs(folder).catch(() => undefined);
    if (disk === undefined && folder !== dirname(folder)) continue;
    if (disk === undefined) return told('free space', 'note', 'not known');
    const free = disk.bavail * disk.bsize;
    return free < LITTLE_SPACE
      ? told('free space', 'warn', bytes(free), 'an installation is unpacked beside the old version: make room')
      : told('free space', 'ok', bytes(free));
  }
}

async function owner(dir: string): Promise<readonly Finding[]> {
  const [pid, address, url] = await Promise.all([livingOwner(dir), writtenAddress(dir), serviceAddress(dir)]);
  if (pid === 'unknown') {
    const found = 'not known whether one runs over it: its lock can not be read, and may be that of another user';
    return [told('host', 'warn', found, 'name its service with --url, or look as that user')];
  }
  if (pid !== undefined)
    return [told('host', 'ok', `pid ${pid} runs over it${url === undefined ? '' : `, REST on ${url}`}`)];
  return [
    (await isMarked(dir))
      ? told('host', 'note', 'a host that was killed has left its lock', 'the next host takes it over and cleans up')
      : told('host', 'ok', 'none runs over it'),
    ...(address === undefined
      ? []
      : [told('address', 'note', `${addressFile(dir)} names ${address.url}, where no service of this folder runs`)]),
  ];
}

async function staging(dir: string): Promise<Finding> {
  const left = await readdir(pluginFolders(dir).staging).catch((): readonly string[] => []);
  return left.length === 0
    ? told('staging', 'ok', 'nothing was left by installations')
    : told('staging', 'note', `${left.length} unfinished installations`, 'the next host removes them');
}

async function plugins(dir: string): Promise<Finding> {
  try {
    const { registry, broken } = await readPlugins(dir);
    const count = registry.list().length + broken.length;
    if (broken.length === 0) return told('plugins', 'ok', `${count} installed`);
    const reasons = broken.map(({ error }) => error.message).join('; ');
    return told('plugins', 'warn', `${broken.length} of ${count} can not be loaded: ${reasons}`);
  } catch (cause) {
    return told('plugins', 'fail', reasonOf(cause));
  }
}
