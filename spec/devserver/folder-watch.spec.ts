import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { FolderWatch } from '../../lib/devserver/folder-watch.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const watches: FolderWatch[] = [];
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.close()));
});

/** Of the files that end with `.ts`. */
async function watch(folder: string, changed: () => Promise<void>): Promise<void> {
  let looks = 0;
  const heeds = (path: string): boolean => {
    looks += 1;
    return path.endsWith('.ts');
  };
  writeFileSync(join(folder, 'probe.txt'), '');
  watches.push(new FolderWatch(folder, { clock: systemClock, step: 20, heeds, changed }));
  await until(() => looks > 3, 'some looks');
}

describe('a folder that is watched', () => {
  it('tells a change of a file, a new one and one that is gone, and nothing of others', async () => {
    const folder = tempFolder();
    const file = join(folder, 'a.ts');
    writeFileSync(file, 'one');
    let told = 0;
    await watch(folder, async () => void (told += 1));
    expect(told).toBe(0);
    writeFileSync(join(folder, 'b.txt'), 'x');
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules/c.ts'), 'x');
    writeFileSync(file, 'two!');
    await until(() => told === 1, 'the change');
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep/d.ts'), 'x');
    await until(() => told === 2, 'the new file');
    rmSync(file);
    await until(() => told === 3, 'the end of a file');
  });

  it('tells a file that is still being written when it is whole', async () => {
    const folder = tempFolder();
    const file = join(folder, 'a.ts');
    writeFileSync(file, '');
    let left = 0;
    const told: number[] = [];
    // Each look finds the file longer than the one before.
    const heeds = (): boolean => {
      if (left > 0) writeFileSync(file, 'x'.repeat(20 - (left -= 1)));
      return true;
    };
    const changed = async (): Promise<void> => void told.push(left);
    watches.push(new FolderWatch(folder, { clock: systemClock, step: 10, heeds, changed }));
    left = 10;
    await until(() => told.length > 0, 'the change');
    expect(told).toEqual([0]);
  });

  it('tells changes that come while one is dealt with, once', async () => {
    const folder = tempFolder();
    const file = join(folder, 'a.ts');
    const finish: (() => void)[] = [];
    await watch(folder, () => new Promise((resolve) => finish.push(resolve)));
    writeFileSync(file, '1');
    await until(() => finish.length === 1, 'the first change');
    writeFileSync(file, '22');
    writeFileSync(file, '333');
    finish[0]?.();
    await until(() => finish.length === 2, 'the second change');
    finish[1]?.();
  });
});
