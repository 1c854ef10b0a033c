import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { fingerprint } from '../../lib/install/fingerprint.js';
import { unzip } from '../../lib/install/unzip.js';
import { openBelow } from '../helpers/open-below.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { makeZip, type ZipEntry } from '../helpers/zip.js';

// What nobody catches fails the case that it happens in.

const LARGE = 600_000;
/** Each packs to half its size, and is too large to be unpacked in one piece. */
const large = (name: string, method: ZipEntry['method'] = 'deflate'): ZipEntry => ({
  name,
  data: randomBytes(LARGE).toString('hex'),
  method,
});
/** No eighth of the zip, where only a header would be damaged. */
const PLACES = [0.02, 0.1, 0.2, 0.3, 0.45, 0.55, 0.6, 0.7, 0.8, 0.9, 0.98];
const turns = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

let good: Buffer;
let dir: string;
let count = 0;
beforeAll(() => {
  good = makeZip(turns(8).map((index) => large(`f${index}`)));
});
beforeEach(() => {
  dir = tempFolder();
});
afterEach(async () => {
  await until(() => openBelow(dir).length === 0, 'every file to be closed');
});

const damaged = (zip: Buffer, at: number, bytes: Uint8Array): Buffer => {
  const copy = Buffer.from(zip);
  copy.set(bytes, at);
  return copy;
};

async function unpack(bytes: Buffer, signal?: AbortSignal): Promise<string> {
  const file = join(dir, `${++count}.zip`);
  await writeFile(file, bytes);
  await unzip(file, `${file}-out`, { signal });
  return `${file}-out`;
}

describe('a zip of large files that is damaged', () => {
  it.each(PLACES)('is refused wherever that is: at %d of it', async (place) => {
    const at = Math.floor(place * good.length);
    // Of the last one there is no more than the file that it is in.
    for (const bytes of [randomBytes(64), Buffer.alloc(64), randomBytes(300_000).subarray(0, good.length - at - 1_000)])
      await expect(unpack(damaged(good, at, bytes))).rejects.toMatchObject({ code: 'ERR_ZIP_INVALID' });
  });

  it('is refused when many files of it are', async () => {
    for (const _ of turns(5)) {
      const bytes = Buffer.from(good);
      for (const place of PLACES) bytes.set(randomBytes(64), Math.floor(place * good.length));
      await expect(unpack(bytes)).rejects.toMatchObject({ code: 'ERR_ZIP_INVALID' });
    }
  });

  it('is refused, or unpacked whole, wherever its directory is', async () => {
    const bytes = makeZip([large('a'), large('b')]);
    const directory = bytes.indexOf('PK\x01\x02', 0, 'latin1');
    for (let at = directory; at < bytes.length; at += 5) {
      const done = await unpack(damaged(bytes, at, randomBytes(Math.min(4, bytes.length - at)))).then(
        async (out) => (await fingerprint(out)).size,
        (error: unknown) => error,
      );
      // A name, a time or a mode is another one then, which nothing in a zip would show.
      if (done instanceof Error) expect(done).toMatchObject({ code: expect.stringMatching(/^ERR_ZIP_/) });
      else expect(done).toBe(2);
    }
  });

  it('is refused when a stored file is', async () => {
    const bytes = makeZip(turns(8).map((index) => large(`f${index}`, 'store')));
    bytes.set(randomBytes(64), Math.floor(bytes.length / 3));
    await expect(unpack(bytes)).rejects.toMatchObject({
      code: 'ERR_ZIP_INVALID',
      message: expect.stringContaining('f2 is damaged (wrong checksum)'),
    });
  });

  const data = randomBytes(LARGE);
  const packed = deflateRawSync(data);
  const cases: readonly (readonly [what: string, entry: Partial<ZipEntry>, says: string])[] = [
    ['more bytes than declared', { size: LARGE - 1 }, 'has not the size that is declared'],
    ['fewer bytes than declared', { size: LARGE + 1 }, 'has not the size that is declared'],
    ['an end before its end', { packed: packed.subarray(0, -9) }, 'unexpected end of file'],
    ['an end before its end, and more behind it', { size: 300_000, packed: pair(data, 100_000) }, 'has not the size'],
    ['nothing', { packed: Buffer.alloc(0) }, 'unexpected end of file'],
  ];
  it.each(cases)('is refused when a file has %s', async (_, entry, says) => {
    await expect(unpack(makeZip([large('a'), { name: 'b', data, ...entry }, large('c')]))).rejects.toMatchObject({
      code: 'ERR_ZIP_INVALID',
      message: expect.stringContaining(says),
    });
  });

  it('is read to the end of a file that has more behind it', async () => {
    const out = await unpack(makeZip([{ name: 'a', data, packed: Buffer.concat([packed, randomBytes(500_000)]) }]));
    expect((await readFile(join(out, 'a'))).equals(data)).toBe(true);
  });

  it('is refused when a file is not where it should be, or reaches beyond the end', async () => {
    const bytes = makeZip([large('a'), large('b')]);
    const last = bytes.lastIndexOf('PK\x01\x02', undefined, 'latin1');
    for (const [offset, says] of [
      [1, 'an entry is not where it should be'],
      [bytes.length - 5, 'an entry reaches beyond its end'],
    ] as const) {
      const copy = Buffer.from(bytes);
      copy.writeUInt32LE(offset, last + 42);
      await expect(unpack(copy)).rejects.toMatchObject({
        code: 'ERR_ZIP_INVALID',
        message: expect.stringContaining(says),
      });
    }
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(LARGE * 4, last + 20);
    await expect(unpack(copy)).rejects.toMatchObject({ code: 'ERR_ZIP_INVALID' });
  });
});

describe('a zip of large files that is given up', () => {
  it('rejects with the reason at whatever moment that is', async () => {
    const ended = { early: 0, whole: 0 };
    for (const turn of turns(40)) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const timer = setTimeout(() => controller.abort(reason), turn * 2 + Math.random() * 2);
      await unpack(good, controller.signal).then(
        () => (ended.whole += 1),
        (error: unknown) => expect([(ended.early += 1), error]).toEqual([ended.early, reason]),
      );
      clearTimeout(timer);
    }
    expect(ended.early).toBeGreaterThan(5);
  });
});

/** Deflated to its end after so many bytes, and more behind that. */
function pair(data: Uint8Array, size: number): Buffer {
  return Buffer.concat([deflateRawSync(data.subarray(0, size)), randomBytes(500_000)]);
}
