import { describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { claimFolder } from '../../lib/process/claim.js';
import { tempFolder, unique } from '../helpers/unique.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** A user whose files everybody may read and write. */
async function generous<T>(work: () => Promise<T>): Promise<T> {
  const before = process.umask(0);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
}

/** No process has an id as large. */
const NOBODY = 2 ** 22 + 1;

/** A data folder whose host died with a file among its sockets; a former one did not say that those were its own. */
async function killed(ipcDir: string | undefined, isFormer = false) {
  const dir = tempFolder();
  const claim = await claimFolder(dir, ipcDir);
  const socket = join(claim.ipcDir, 'plugin.ipc');
  writeFileSync(socket, '');
  const lock = join(dir, 'host.lock');
  const { isPrivate, ...owner } = JSON.parse(readFileSync(lock, 'utf8')) as Readonly<Record<string, unknown>>;
  writeFileSync(lock, JSON.stringify({ ...owner, ...(!isFormer && { isPrivate }), pid: NOBODY }));
  return { dir, ipcDir: claim.ipcDir, socket };
}

/** Called as those that hosts make for themselves. */
const newName = (): string => join(tmpdir(), `rxport-${unique()}`);

describe('the socket folder of a host', () => {
  it('is one of its own that nobody else may enter, and goes with it', async () => {
    const claim = await generous(() => claimFolder(tempFolder(), undefined));
    expect(dirname(claim.ipcDir)).toBe(tmpdir());
    expect(modeOf(claim.ipcDir)).toBe('700');
    writeFileSync(join(claim.ipcDir, 'left.ipc'), '');
    await claim.release();
    expect(existsSync(claim.ipcDir)).toBe(false);
  });

  it('is made as private where it is named, and stays', async () => {
    const ipcDir = join(tempFolder(), 'not/there');
    const claim = await generous(() => claimFolder(tempFolder(), ipcDir));
    expect(claim.ipcDir).toBe(ipcDir);
    expect(modeOf(ipcDir)).toBe('700');
    await claim.release();
    expect(existsSync(ipcDir)).toBe(true);
  });

  it('is known by its whole path, however it is named', async () => {
    const ipcDir = join(tempFolder(), 'sockets');
    const claim = await claimFolder(tempFolder(), `${relative(process.cwd(), ipcDir)}/`);
    expect(claim.ipcDir).toBe(ipcDir);
    await claim.release();
  });

  it('is told where it can not be made, and the data folder stays free', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    const dir = tempFolder();
    await expect(claimFolder(dir, join(file, 'sockets'))).rejects.toMatchObject({
      code: 'ERR_DATA_FOLDER',
      message: expect.stringContaining(`${join(file, 'sockets')} can not be used as socket folder: ENOTDIR`),
    });
    await (await claimFolder(dir, undefined)).release();
  });

  it('is left as it is where it is there', async () => {
    const ipcDir = join(tempFolder(), 'there');
    mkdirSync(ipcDir);
    chmodSync(ipcDir, 0o755);
    await (await claimFolder(tempFolder(), ipcDir)).release();
    expect(modeOf(ipcDir)).toBe('755');
  });
});

describe('the socket folder of a host that was killed', () => {
  it('goes with the start of the next one', async () => {
    const { dir, ipcDir } = await killed(undefined);
    const next = await claimFolder(dir, undefined);
    expect([existsSync(ipcDir), existsSync(next.ipcDir)]).toEqual([false, true]);
    await next.release();
  });

  it.each([
    ['said in its lock that it was named', false],
    ['did not say so, as former ones', true],
  ])('stays where it was named, whatever it is called: of a host that %s', async (_, isFormer) => {
    const { dir, ipcDir, socket } = await killed(newName(), isFormer);
    const next = await claimFolder(dir, ipcDir);
    expect([next.ipcDir, existsSync(socket)]).toEqual([ipcDir, true]);
    await next.release();
    expect(existsSync(socket)).toBe(true);
    rmSync(ipcDir, { recursive: true });
  });

  it('stays where it was named, and the next one names another: a second host may be using it', async () => {
    const { dir, ipcDir, socket } = await killed(newName());
    await (await claimFolder(dir, undefined)).release();
    expect(existsSync(socket)).toBe(true);
    rmSync(ipcDir, { recursive: true });
  });

  it('does not keep the next one from starting where it can not be deleted', async () => {
    const dir = tempFolder();
    // The file system knows no name as long.
    const ipcDir = join(tmpdir(), `rxport-${'x'.repeat(256)}`);
    writeFileSync(join(dir, 'host.lock'), JSON.stringify({ pid: NOBODY, startTime: '1', ipcDir, isPrivate: true }));
    await (await claimFolder(dir, undefined)).release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('stays where the next one names it', async () => {
    const { dir, ipcDir, socket } = await killed(undefined);
    const next = await claimFolder(dir, ipcDir);
    expect(existsSync(socket)).toBe(true);
    await next.release();
    rmSync(ipcDir, { recursive: true });
  });
});
