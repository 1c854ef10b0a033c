import { createHash, type Hash } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openPromise, type ZipFile } from 'yauzl';
import { reasonOf, RxportError, zipInvalid, zipLimit } from '../errors.js';
import type { Fingerprint } from './fingerprint.js';
import { inParallel } from './in-parallel.js';
import { PackedReader } from './packed-reader.js';
import { unpack, unpackParts } from './unpack.js';
import { ZIP_LIMITS, zipChecker, type ZipItem, type ZipLimits } from './zip-entries.js';

export interface UnzipOptions {
  readonly limits?: ZipLimits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Up to this size a file is unpacked in one piece, which takes a fraction of what streams take. */
const WHOLE = 256 * 1024;
/** Files that are unpacked at a time: what they take of the memory is bounded by it. */
const AT_ONCE = 8;

/**
 * Unpacks the zip `file` into the folder `target`, which it makes. Resolves with the SHA-256 of each file, by its path.
 *
 * Every entry is checked before the first byte is written. Rejects with `ERR_ZIP_INVALID`, `ERR_ZIP_PATH` or
 * `ERR_ZIP_LIMIT`, with the file system's own error when writing fails, and with the reason of an aborted `signal`;
 * `target` may then hold a part.
 */
export async function unzip(
  file: string,
  target: string,
  { limits = ZIP_LIMITS, signal }: UnzipOptions = {},
): Promise<Fingerprint> {
  const packed = await PackedReader.open(file);
  try {
    const zip = await open(file);
    try {
      return await unpackAll({ zip, packed, file, signal }, target, limits);
    } finally {
      zip.close();
    }
  } finally {
    await packed.close();
  }
}

async function unpackAll(from: Unpacking, target: string, limits: ZipLimits): Promise<Fingerprint> {
  const { zip, file, signal } = from;
  const print = new Map<string, string>();
  const items = await readItems(zip, file, limits, signal);
  await makeFolders(target, items);
  // As they lie in the zip, whatever order its directory has: a window of it is read for many of them.
  const files = items
    .filter(({ type }) => type === 'file')
    .sort((a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader);
  await inParallel(AT_ONCE, files, async (item) => {
    signal?.throwIfAborted();
    print.set(item.path, await write(from, item, join(target, item.path)));
  });
  return print;
}

async function open(file: string): Promise<ZipFile> {
  try {
    // Names as bytes: yauzl would refuse hostile ones itself, without our codes.
    const zip = await openPromise(file, { autoClose: false, decodeStrings: false });
    // eachEntry() listens while it runs; afterwards an unheard 'error' would end the host.
    zip.on('error', () => {});
    return zip;
  } catch (cause) {
    throw zipInvalid(file, reasonOf(cause), cause);
  }
}

async function readItems(zip: ZipFile, file: string, limits: ZipLimits, signal: AbortSignal | undefined) {
  // Before the loop: the count is the zip's claim, and reading that many entries takes its time.
  if (zip.entryCount > limits.entries) throw zipLimit(file, 'entries', `more than ${limits.entries} files and folders`);
  const { size } = await stat(file);
  const check = zipChecker(file, size, limits);
  const items: ZipItem[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      items.push(check(entry));
    }
  } catch (cause) {
    throw asZipError(file, cause, signal);
  }
  return items;
}

/** Zips need not list the folders that their files are in. */
async function makeFolders(target: string, items: readonly ZipItem[]): Promise<void> {
  await mkdir(target);
  const folders = new Set(items.map(({ type, path }) => (type === 'folder' ? path : dirname(path))));
  for (const folder of folders) await mkdir(join(target, folder), { recursive: true });
}

interface Unpacking {
  readonly zip: ZipFile;
  readonly packed: PackedReader;
  readonly file: string;
  readonly signal: AbortSignal | undefined;
}

/** Resolves with the SHA-256 of the content. */
async function write({ packed, file, signal }: Unpacking, item: ZipItem, path: string): Promise<string> {
  const { compressedSize, uncompressedSize } = item.entry;
  const sha256 = createHash('sha256');
  // Never through or over something that is there already.
  const options = { flag: 'wx', mode: item.isExecutable ? 0o755 : 0o644 };
  try {
    if (compressedSize <= WHOLE && uncompressedSize <= WHOLE) {
      const content = unpack(await packed.read(item.entry), item, file);
      await writeFile(path, content, options);
      return sha256.update(content).digest('hex');
    }
    // Not by yauzl's streams: what it reads for several at a time throws where nobody catches it once one of them is destroyed.
    const parts = unpackParts(packed.parts(item.entry), item, file);
    await writeFile(path, hashed(parts, sha256, signal), options);
    return sha256.digest('hex');
  } catch (cause) {
    throw asZipError(file, cause, signal);
  }
}

async function* hashed(parts: AsyncIterable<Buffer>, hash: Hash, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for await (const part of parts) {
    signal?.throwIfAborted();
    hash.update(part);
    yield part;
  }
}

/** Ours, the caller's abort and the file system's pass; what is left is the zip's fault. */
function asZipError(file: string, thrown: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const isSystem = typeof thrown === 'object' && thrown !== null && 'syscall' in thrown;
  return thrown instanceof RxportError || isSystem ? thrown : zipInvalid(file, reasonOf(thrown), thrown);
}
