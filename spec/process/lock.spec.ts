import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardOf, type Lock, lockFolder } from '../../lib/process/lock.js';
import { bootId, statOf } from '../../lib/process/proc.js';
import { startProgram } from '../helpers/program.js';
import { tempFolder } from '../helpers/unique.js';
import { startZombie } from '../helpers/zombie.js';

const FILE = 'host.lock';
/** No process has an id as large. */
const NOBODY = 2 ** 22 + 1;

/** A data folder with the lock of somebody. */
function lockedBy(owner: object | string): string {
  const dir = tempFolder();
  writeFileSync(join(dir, FILE), typeof owner === 'string' ? owner : JSON.stringify(owner));
  return dir;
}

const startTime = statOf(process.pid)?.startTime ?? '';
const me = { pid: process.pid, startTime, bootId: bootId() ?? '', ipcDir: '/s', isPrivate: false };

describe('the lock of a data folder', () => {
  it('is taken, says whose it is, and is given back', async () => {
    const dir = join(tempFolder(), 'not/there/yet');
    const lock = await lockFolder(dir, '/sockets');
    expect(lock.orphanedIpcDir).toBeUndefined();
    expect(readdirSync(dir)).toEqual([FILE]);
    expect(JSON.parse(readFileSync(join(dir, FILE), 'utf8'))).toEqual({ ...me, ipcDir: '/sockets' });
    await lock.release();
    expect(readdirSync(dir)).toEqual([]);
    await lock.release();
  });

  it('refuses while an owner lives whose boot is not known', async () => {
    const { bootId: _, ...unknown } = me;
    await expect(lockFolder(lockedBy(unknown), '/t')).rejects.toMatchObject({ code: 'ERR_HOST_LOCKED' });
  });

  it('says which folder can not be written', async () => {
    const dir = join(lockedBy('a file'), FILE, 'data');
    await expect(lockFolder(dir, '/t')).rejects.toMatchObject({
      code: 'ERR_DATA_FOLDER',
      message: expect.stringContaining(`${dir} can not be used as data folder: ENOTDIR`),
    });
  });

  it('refuses while its owner lives, and says who that is', async () => {
    const dir = tempFolder();
    const lock = await lockFolder(dir, '/s');
    await expect(lockFolder(dir, '/t')).rejects.toMatchObject({
      code: 'ERR_HOST_LOCKED',
      message: expect.stringContaining(`pid ${process.pid}): stop that one, or use another folder`),
    });
    expect(readdirSync(dir)).toEqual([FILE]);
    await lock.release();
    await (await lockFolder(dir, '/t')).release();
  });

  it.each([
    ['whose owner is dead', { pid: NOBODY, startTime: '1', ipcDir: '/old', isPrivate: true }, '/old'],
    ['whose socket folder was named', { pid: NOBODY, startTime: '1', ipcDir: '/old', isPrivate: false }, undefined],
    ['who does not say whether that was named', { pid: NOBODY, startTime: '1', ipcDir: '/old' }, undefined],
    [
      'whose process has another start time: the id was given away again',
      { ...me, startTime: '1', ipcDir: '/old', isPrivate: true },
      '/old',
    ],
    [
      'whose process had our id, and our start time, before the machine was booted',
      { ...me, bootId: 'b', ipcDir: '/old', isPrivate: true },
      '/old',
    ],
    ['that is empty', '', undefined],
    ['that is no JSON', '{"pid":', undefined],
    ['that is another thing', '{"pid":"x"}', undefined],
  ])('is taken over from one %s', async (_, owner, ipcDir) => {
    const dir = lockedBy(owner);
    const lock = await lockFolder(dir, '/new');
    expect(lock.orphanedIpcDir).toBe(ipcDir);
    expect(JSON.parse(readFileSync(join(dir, FILE), 'utf8'))).toEqual({ ...me, ipcDir: '/new' });
    expect(readdirSync(dir)).toEqual([FILE]);
    await lock.release();
  });

  it.each([
    ['a free folder', undefined],
    ['the folder of a dead host', { pid: NOBODY, startTime: '1', ipcDir: '/old' }],
  ])('is one host’s when many want %s at once', async (_, owner) => {
    for (let round = 0; round < 30; round += 1) {
      const dir = owner === undefined ? tempFolder() : lockedBy(owner);
      const claims = await Promise.allSettled(Array.from({ length: 8 }, (_none, i) => lockFolder(dir, `/s${i}`)));
      const winners = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
      expect(winners).toHaveLength(1);
      for (const claim of claims)
        if (claim.status === 'rejected') expect(claim.reason).toMatchObject({ code: 'ERR_HOST_LOCKED' });
      expect(readdirSync(dir)).toEqual([FILE]);
      await (winners[0] as Lock).release();
    }
  });

  it('is taken over from an owner that was killed and that nobody has reaped', async () => {
    const zombie = await startZombie();
    const dir = lockedBy({ pid: zombie.pid, startTime: zombie.startTime, ipcDir: '/old', isPrivate: true });
    const lock = await lockFolder(dir, '/new');
    expect(lock.orphanedIpcDir).toBe('/old');
    await lock.release();
  });

  it('is one host’s when many want it at once and some have died while they took it over', async () => {
    for (let round = 0; round < 30; round += 1) {
      const owner = { pid: NOBODY, ipcDir: '/old', isPrivate: true };
      const dead = [1, 2, 3].map((n) => JSON.stringify({ ...owner, startTime: `${n}` }));
      const dir = lockedBy(dead[0] ?? '');
      // Each died with the guard of the one before.
      let path = join(dir, FILE);
      for (const [n, text] of dead.slice(1).entries()) writeFileSync((path = guardOf(path, dead[n] ?? '')), text);
      const claims = await Promise.allSettled(Array.from({ length: 8 }, (_none, i) => lockFolder(dir, `/s${i}`)));
      const winners = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
      expect(winners.map(({ orphanedIpcDir }) => orphanedIpcDir)).toEqual(['/old']);
      expect(readdirSync(dir)).toEqual([FILE]);
      await winners[0]?.release();
      expect(readdirSync(dir)).toEqual([]);
    }
  });

  it('is refused to a second process, until the first has been killed', async () => {
    const dir = tempFolder();
    const first = await startProgram('locker', dir);
    expect(await first.line()).toBe('locked');
    const second = await startProgram('locker', dir);
    expect(await second.line()).toBe('ERR_HOST_LOCKED');
    await second.ended;
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(dir, FILE))).toBe(true);
    const lock = await lockFolder(dir, '/new');
    expect(lock.orphanedIpcDir).toBe('/sockets');
    await lock.release();
  });
});
