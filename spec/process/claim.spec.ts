import { describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { claimFolder } from '../../lib/process/claim.js';
import { tempFolder } from '../helpers/unique.js';

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
