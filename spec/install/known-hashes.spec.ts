import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFile } from '../../lib/install/fingerprint.js';
import { isUnchanged, KnownHashes, type Stamp } from '../../lib/install/known-hashes.js';
import { tempFolder } from '../helpers/unique.js';

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('a file that was read', () => {
  const ms = (count: number): bigint => BigInt(count) * 1_000_000n;
  const stamp: Stamp = { dev: 1n, ino: 2n, size: 3n, mtimeNs: ms(90_000), ctimeNs: ms(90_000) };

  it.each<[what: string, now: Partial<Stamp>, readAt: number, unchanged: boolean]>([
    ['is the same as long as nothing says otherwise', {}, 100_000, true],
    ['may be another one of its size', { ino: 9n }, 100_000, false],
    ['may be on another disk', { dev: 9n }, 100_000, false],
    ['may have another size', { size: 4n }, 100_000, false],
    ['may have been written', { mtimeNs: stamp.mtimeNs + 1n, ctimeNs: stamp.ctimeNs + 1n }, 100_000, false],
    ['may have been written and put back in time', { ctimeNs: stamp.ctimeNs + 1n }, 100_000, false],
    ['may be older than before, of a backup', { mtimeNs: stamp.mtimeNs - 1n }, 100_000, false],
    ['may have changed again in the tick in which it was read', {}, 90_000, false],
    ['may have changed again as long as a tick can be', {}, 92_000, false],
    ['can not have changed in a later tick', {}, 92_001, true],
    ['says nothing where a clock is wrong', {}, 80_000, false],
  ])('%s', (_, now, readAt, unchanged) => {
    expect(isUnchanged({ stamp, readAt }, { ...stamp, ...now })).toBe(unchanged);
  });
});

describe('hashes that are known', () => {
  /** `later`: by how many milliseconds the clock is ahead of the file system's. */
  function open({ later = 10_000, limit = 10 } = {}) {
    const dir = tempFolder();
    const read: string[] = [];
    const known = new KnownHashes(
      { now: () => Date.now() + later },
      (path, signal) => {
        read.push(path.slice(dir.length + 1));
        return hashFile(path, signal);
      },
      limit,
    );
    const path = (name: string): string => join(dir, name);
    const write = (name: string, content: string): void => writeFileSync(path(name), content);
    return { read, write, path, of: (name: string) => known.of(path(name)) };
  }

  it('spare it to read a file again', async () => {
    const { read, write, of } = open();
    write('a', 'one');
    expect([await of('a'), await of('a')]).toEqual([sha256('one'), sha256('one')]);
    expect(read).toEqual(['a']);
  });

  it('know a change of the same size whose time was put back', async () => {
    const { write, path, of } = open();
    write('a', 'one');
    await of('a');
    const { atime, mtime } = statSync(path('a'));
    write('a', 'two');
    utimesSync(path('a'), atime, mtime);
    expect(await of('a')).toBe(sha256('two'));
  });

  it('know another file in its place, of the same size and time', async () => {
    const { write, path, of } = open();
    for (const [name, content] of [
      ['a', 'one'],
      ['b', 'two'],
    ] as const) {
      write(name, content);
      utimesSync(path(name), 1_000, 1_000);
    }
    await of('a');
    renameSync(path('b'), path('a'));
    expect(await of('a')).toBe(sha256('two'));
  });

  it('are not trusted of a file that had only just changed', async () => {
    const { read, write, of } = open({ later: 0 });
    write('a', 'one');
    await of('a');
    await of('a');
    expect(read).toEqual(['a', 'a']);
  });

  it('are bounded: what was read longest ago is read again', async () => {
    const { read, write, of } = open({ limit: 2 });
    for (const name of ['a', 'b', 'c']) write(name, name);
    for (const name of ['a', 'b', 'c', 'c', 'b', 'a']) await of(name);
    expect(read).toEqual(['a', 'b', 'c', 'a']);
  });

  it('are none of a file that is gone', async () => {
    const { of } = open();
    await expect(of('a')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
