import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprint } from '../../lib/install/fingerprint.js';
import { unzip } from '../../lib/install/unzip.js';
import { ZIP_LIMITS } from '../../lib/install/zip-entries.js';
import { pathsIn } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { DEVICE, ENCRYPTED, EXECUTABLE, makeZip, SYMLINK, type ZipEntry } from '../helpers/zip.js';

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);
const noise = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, i) => (i * i * 31) % 253));
const MIB = 1024 * 1024;
const limits = { entries: 10, bytes: 4 * MIB, ratio: 100, ratioFrom: MIB };

async function unpack(bytes: Buffer, options: Parameters<typeof unzip>[2] = {}): Promise<string> {
  const file = join(dir, 'thermo.zip');
  const target = join(dir, 'out');
  await writeFile(file, bytes);
  await unzip(file, target, options);
  return target;
}

describe('unzip', () => {
  it('unpacks stored and deflated files, with folders that no entry names', async () => {
    const big = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
    const out = await unpack(
      makeZip([
        { name: 'thermo.json', data: '{}' },
        { name: 'a/b/c/deep.py', data: 'print()', method: 'store' },
        { name: 'data.bin', data: big },
        { name: 'empty.txt', data: '' },
        { name: 'empty-stored.txt', data: '', method: 'store' },
      ]),
    );
    expect(await pathsIn(out)).toEqual(
      ['a', 'a/b', 'a/b/c', 'a/b/c/deep.py', 'data.bin', 'empty-stored.txt', 'empty.txt', 'thermo.json'].sort(),
    );
    expect(await readFile(join(out, 'a/b/c/deep.py'), 'utf8')).toBe('print()');
    expect((await readFile(join(out, 'data.bin'))).equals(big)).toBe(true);
  });

  it('knows the SHA-256 of each file, small and large, near and far', async () => {
    const sizes = [0, 1, 26_000, 256 * 1024, 256 * 1024 + 1, 2_000_000];
    const entries = Array.from({ length: 120 }, (_, index) => ({
      name: `d${index % 7}/f${index}`,
      data: randomBytes(index < sizes.length ? (sizes[index] ?? 0) : 20_000),
      method: index % 3 === 0 ? ('store' as const) : ('deflate' as const),
    }));
    const file = join(dir, 'thermo.zip');
    await writeFile(file, makeZip(entries));
    const print = await unzip(file, join(dir, 'out'));
    expect(new Map(print)).toEqual(await fingerprint(join(dir, 'out')));
    for (const { name, data } of entries) expect((await readFile(join(dir, 'out', name))).equals(data)).toBe(true);
  });

  it('takes what packers write: "./" before names, folders with and without files, modes of Windows', async () => {
    const out = await unpack(
      makeZip([
        { name: './', mode: 0o040755 },
        { name: './lib/', mode: 0o040755 },
        { name: './lib/a.py', mode: 0 },
        { name: 'lib//b.py' },
        { name: 'empty/', mode: 0 },
        { name: 'marked', mode: 0o040755 },
      ]),
    );
    expect(await pathsIn(out)).toEqual(['empty', 'lib', 'lib/a.py', 'lib/b.py', 'marked']);
    expect((await stat(join(out, 'marked'))).isDirectory()).toBe(true);
  });

  it('keeps the executable bit and no other', async () => {
    const out = await unpack(
      makeZip([
        { name: 'mirror', mode: EXECUTABLE },
        { name: 'setuid', mode: 0o104755 },
        { name: 'readme', mode: 0o100666 },
      ]),
    );
    // The owner's bit and the special ones; the others are up to the umask.
    const modes = ['mirror', 'setuid', 'readme'].map(async (file) => (await stat(join(out, file))).mode & 0o7100);
    expect(await Promise.all(modes)).toEqual([0o100, 0o100, 0]);
  });

  const attacks: readonly (readonly [code: string, attack: string, entries: readonly ZipEntry[]])[] = [
    ['ERR_ZIP_PATH', 'parent directory', [{ name: '../x' }]],
    ['ERR_ZIP_PATH', 'parent directory within', [{ name: 'a/../../x' }]],
    ['ERR_ZIP_PATH', 'parent directory as a folder', [{ name: '../' }]],
    ['ERR_ZIP_PATH', 'absolute path', [{ name: '/tmp/x' }]],
    ['ERR_ZIP_PATH', 'drive letter', [{ name: 'C:/x' }]],
    ['ERR_ZIP_PATH', 'backslash', [{ name: '..\\x' }]],
    ['ERR_ZIP_PATH', 'control character', [{ name: 'a\0.py' }]],
    ['ERR_ZIP_PATH', 'name longer than a file system takes', [{ name: 'a'.repeat(256) }]],
    ['ERR_ZIP_PATH', 'path longer than a file system takes', [{ name: 'a/'.repeat(600) + 'b' }]],
    ['ERR_ZIP_PATH', 'no name', [{ name: '' }]],
    ['ERR_ZIP_PATH', 'symbolic link', [{ name: 'link', data: '/etc/passwd', mode: SYMLINK }]],
    ['ERR_ZIP_PATH', 'device', [{ name: 'null', mode: DEVICE }]],
    [
      'ERR_ZIP_PATH',
      'duplicate',
      [
        { name: 'a', data: '1' },
        { name: 'a', data: '2' },
      ],
    ],
    [
      'ERR_ZIP_PATH',
      'duplicate in disguise',
      [
        { name: 'a/b', data: '1' },
        { name: './a//b', data: '2' },
      ],
    ],
    ['ERR_ZIP_PATH', 'file below a file', [{ name: 'a' }, { name: 'a/b' }]],
    ['ERR_ZIP_PATH', 'file in the place of a folder', [{ name: 'a/b' }, { name: 'a' }]],
    ['ERR_ZIP_INVALID', 'encrypted', [{ name: 'a', data: 'secret', flags: ENCRYPTED }]],
    ['ERR_ZIP_INVALID', 'strongly encrypted', [{ name: 'a', data: 'secret', flags: 0x41 }]],
    ['ERR_ZIP_INVALID', 'unknown compression', [{ name: 'a', data: 'x', methodId: 14 }]],
    ['ERR_ZIP_INVALID', 'folder with content', [{ name: 'a/', data: 'x' }]],
    ['ERR_ZIP_INVALID', 'more bytes than declared', [{ name: 'a', data: zeros(5000), size: 10 }]],
    ['ERR_ZIP_INVALID', 'fewer bytes than declared', [{ name: 'a', data: 'abc', size: 10 }]],
    ['ERR_ZIP_INVALID', 'wrong checksum', [{ name: 'a', data: 'abc', crc: 1 }]],
    ['ERR_ZIP_INVALID', 'wrong checksum of no bytes', [{ name: 'a', crc: 1 }]],
    ['ERR_ZIP_LIMIT', 'too many files', Array.from({ length: 11 }, (_, index) => ({ name: `f${index}` }))],
    ['ERR_ZIP_LIMIT', 'too many folders in few entries', [{ name: 'a/b/c/d/e/f/g/h/i/j/k' }]],
    ['ERR_ZIP_LIMIT', 'one file too large', [{ name: 'a', data: zeros(4 * MIB + 1), method: 'store' }]],
    [
      'ERR_ZIP_LIMIT',
      'files too large together',
      ['a', 'b', 'c'].map((name) => ({ name, data: zeros(1.5 * MIB), method: 'store' as const })),
    ],
    ['ERR_ZIP_LIMIT', 'bomb', [{ name: 'a', data: zeros(2 * MIB) }]],
    [
      'ERR_ZIP_LIMIT',
      'bomb beside noise',
      [
        { name: 'a', data: zeros(2 * MIB) },
        { name: 'b', data: noise(100_000), method: 'store' },
      ],
    ],
    ['ERR_ZIP_LIMIT', 'bomb of small files', ['a', 'b', 'c'].map((name) => ({ name, data: zeros(MIB) }))],
    ['ERR_ZIP_LIMIT', 'bomb of a declared size', [{ name: 'a', size: 0xfffffff0 }]],
  ];

  it.each(attacks)('%s: %s', async (code, _, entries) => {
    await expect(unpack(makeZip(entries), { limits })).rejects.toMatchObject({ code });
    expect(await pathsIn(dir)).not.toContain('x');
  });

  it('ERR_ZIP_LIMIT: entries that share their packed bytes', async () => {
    // Each file is 60 times its packed bytes, all together are 480 times the zip.
    const data = Buffer.concat([noise(8000), zeros(400_000)]);
    const entries = Array.from({ length: 8 }, (_, index) => ({
      name: `f${index}`,
      data,
      ...(index ? { sharedWith: 0 } : {}),
    }));
    await expect(unpack(makeZip(entries.slice(0, 1)), { limits })).resolves.toBeDefined();
    await expect(unpack(makeZip(entries), { limits })).rejects.toMatchObject({ code: 'ERR_ZIP_LIMIT' });
  });

  it.each([
    ['ERR_ZIP_LIMIT', 'a count of entries that is only claimed', makeZip([{ name: 'a' }], { count: 60_000 })],
    ['ERR_ZIP_INVALID', 'fewer entries than claimed', makeZip([{ name: 'a' }], { count: 2 })],
    ['ERR_ZIP_INVALID', 'no zip at all', Buffer.from('#!/bin/sh\n')],
    ['ERR_ZIP_INVALID', 'an empty file', Buffer.alloc(0)],
    ['ERR_ZIP_INVALID', 'a truncated zip', makeZip([{ name: 'a', data: 'x' }]).subarray(0, -4)],
    ['ERR_ZIP_INVALID', 'a zip that lost its beginning', makeZip([{ name: 'a', data: 'x'.repeat(99) }]).subarray(20)],
  ])('%s: %s', async (code, _, bytes) => {
    await expect(unpack(bytes)).rejects.toMatchObject({ code });
  });

  it('ERR_ZIP_INVALID: damaged content', async () => {
    const bytes = makeZip([{ name: 'a', data: Array.from({ length: 5000 }, (_, index) => index * index).join() }]);
    bytes.fill(0xff, 100, 140);
    await expect(unpack(bytes)).rejects.toMatchObject({
      code: 'ERR_ZIP_INVALID',
      message: expect.stringMatching(/thermo\.zip can not be unpacked: .*; make the zip again$/),
    });
  });

  it('ERR_ZIP_INVALID: an entry that is somewhere else', async () => {
    const bytes = makeZip([{ name: 'a', data: 'x' }]);
    bytes.write('no', 0);
    await expect(unpack(bytes)).rejects.toMatchObject({ code: 'ERR_ZIP_INVALID' });
  });

  it('says what to do about a password', async () => {
    const bytes = makeZip([{ name: 'a', flags: ENCRYPTED }]);
    await expect(unpack(bytes)).rejects.toThrow('a is encrypted: pack without a password');
  });

  it('writes into no folder that is there already', async () => {
    await mkdir(join(dir, 'out'));
    await expect(unpack(makeZip([{ name: 'a' }]))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('checks every entry before it writes the first', async () => {
    await expect(unpack(makeZip([{ name: 'good' }, { name: '../x' }]))).rejects.toMatchObject({
      code: 'ERR_ZIP_PATH',
      message: expect.stringContaining('thermo.zip holds "../x", which leaves the folder'),
    });
    expect(await pathsIn(dir)).toEqual(['thermo.zip']);
  });

  it('has limits that a plugin with its dependencies stays under', () => {
    expect(ZIP_LIMITS).toEqual({ entries: 10_000, bytes: 256 * MIB, ratio: 100, ratioFrom: MIB });
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(unpack(makeZip([{ name: 'a' }]), { signal })).rejects.toThrow('enough');
    expect(await pathsIn(dir)).toEqual(['thermo.zip']);
  });
});
