import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { livingOwner, lockFolder } from '../../lib/process/lock.js';
import { asNobody } from '../helpers/nobody.js';
import { bundleProgram } from '../helpers/program.js';
import { tempFolder } from '../helpers/unique.js';

const FILE = 'host.lock';

describe('a lock that can not be read', () => {
  it('is that of a living host: another user must not take it', async () => {
    const dir = tempFolder();
    await asNobody(dir, async () => {
      writeFileSync(join(dir, FILE), '{"pid":1,"startTime":"1","ipcDir":"/s"}', { mode: 0 });
      await expect(lockFolder(dir, '/t')).rejects.toMatchObject({
        code: 'ERR_HOST_LOCKED',
        message: expect.stringMatching(/its lock can not be read: EACCES.*another user/),
      });
      expect(await livingOwner(dir)).toBe('unknown');
    });
    expect(readdirSync(dir)).toEqual([FILE]);
  });

  it('is not taken over for any other reason either', async () => {
    const dir = tempFolder();
    mkdirSync(join(dir, FILE));
    await expect(lockFolder(dir, '/t')).rejects.toMatchObject({
      code: 'ERR_HOST_LOCKED',
      message: expect.stringContaining('EISDIR'),
    });
    expect(readdirSync(dir)).toEqual([FILE]);
  });
});

describe('a lock that is given back', () => {
  it('stays where the folder has another owner by then', async () => {
    const dir = tempFolder();
    const first = await lockFolder(dir, '/first');
    rmSync(join(dir, FILE));
    const second = await lockFolder(dir, '/second');
    await first.release();
    expect(JSON.parse(readFileSync(join(dir, FILE), 'utf8'))).toMatchObject({ ipcDir: '/second' });
    await expect(lockFolder(dir, '/third')).rejects.toMatchObject({ code: 'ERR_HOST_LOCKED' });
    await second.release();
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('a lock for which the disk has no room', () => {
  it('leaves no file behind', async () => {
    const [dir, file] = [tempFolder(), await bundleProgram('locker')];
    // Files may not grow then, which fails as a full disk does: the file is there, and empty.
    const command = `ulimit -f 0; exec "${process.execPath}" "${file}" "${dir}"`;
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(String(said)).toBe('"ERR_DATA_FOLDER"\n');
    expect(readdirSync(dir)).toEqual([]);
  });
});
