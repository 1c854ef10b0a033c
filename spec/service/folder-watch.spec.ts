import { afterEach, describe, expect, it } from '@jest/globals';
import { type FSWatcher, mkdirSync, renameSync, rmSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderWatch } from '../../lib/service/folder-watch.js';
import { HandClock } from '../helpers/hand-clock.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((one) => one.close()));

/** A watch over `rules`, which heeds files that end with `.ts`; its clock is the spec's. */
function watched(rules = join(tempFolder(), 'rules')) {
  mkdirSync(rules);
  const clock = new HandClock();
  let changes = 0;
  const folders = new FolderWatch({
    clock,
    heeds: (path) => path.endsWith('.ts'),
    changed: () => (changes += 1),
    failed: (_, cause) => {
      throw cause;
    },
  });
  open.push(folders);
  folders.set([rules]);
  const seen = witness(rules);
  return { rules, folders, clock, seen, changes: () => changes };
}

/** Does `work`, and resolves when a second watcher of the folder has been told of `name`: the first one has been, too. */
function witness(folder: string): (name: string, work: (path: string) => void) => Promise<void> {
  let names: (string | null)[] = [];
  const watcher: FSWatcher = watch(folder, (_, name) => names.push(name));
  open.push(watcher);
  return async (name, work) => {
    names = [];
    work(join(folder, name));
    await until(() => names.includes(name), `an event of ${name}`);
  };
}

const write = (path: string): void => writeFileSync(path, String(Math.random()));

describe('a watch over folders', () => {
  it('tells a change when nothing more has come for a moment', async () => {
    const { clock, seen, changes } = watched();
    await seen('a.ts', write);
    clock.advance(99);
    await seen('b.ts', write);
    clock.advance(99);
    expect(changes()).toBe(0);
    clock.advance(1);
    expect(changes()).toBe(1);
    clock.advance(60_000);
    expect(changes()).toBe(1);
  });

  it('tells it after a second at the latest, and again', async () => {
    const { clock, seen, changes } = watched();
    const told: number[] = [];
    for (let time = 0; time < 2_500; time += 50) {
      await seen('a.ts', write);
      if (changes() > told.length) told.push(time);
      clock.advance(50);
    }
    expect(told).toEqual([1_000, 2_000]);
  });

  it('says nothing of files that mean nothing, and is not held up by them', async () => {
    const { clock, seen, changes } = watched();
    await seen('data.csv', write);
    await seen('data.csv', (path) => rmSync(path));
    clock.advance(10_000);
    expect(changes()).toBe(0);
    await seen('a.ts', write);
    clock.advance(60);
    await seen('data.csv', write);
    clock.advance(40);
    expect(changes()).toBe(1);
  });

  it('tells of a link that is put in place, and of a folder', async () => {
    const { rules, clock, seen, changes } = watched();
    symlinkSync('/tmp', join(rules, '..', 'link'));
    await seen('data', (path) => renameSync(join(rules, '..', 'link'), path));
    clock.advance(100);
    expect(changes()).toBe(1);
    await seen('lib', (path) => mkdirSync(path));
    clock.advance(100);
    expect(changes()).toBe(2);
  });

  it('tells of a folder that goes, and of one that comes', async () => {
    const { rules, folders, clock, changes } = watched();
    const parent = witness(join(rules, '..'));
    await parent('rules', () => rmSync(rules, { recursive: true }));
    clock.advance(100);
    expect(changes()).toBe(1);
    folders.set([rules]);
    await parent('rules', () => mkdirSync(rules));
    clock.advance(100);
    expect(changes()).toBe(2);
  });

  it('watches nothing any more once it is closed', async () => {
    const { rules, folders, clock, seen, changes } = watched();
    folders.close();
    folders.set([rules]);
    await seen('a.ts', write);
    clock.advance(10_000);
    expect(changes()).toBe(0);
  });
});
