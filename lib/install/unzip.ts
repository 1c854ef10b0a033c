import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type ZipFile } from 'yauzl';
import { reasonOf, RxportError, zipInvalid, zipLimit } from '../errors.js';
import { ZIP_LIMITS, zipChecker, type ZipItem, type ZipLimits } from './zip-entries.js';

export interface UnzipOptions {
  readonly limits?: ZipLimits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks the zip `file` into the folder `target`, which it makes.
 *
 * Every entry is checked before the first byte is written. Rejects with `ERR_ZIP_INVALID`, `ERR_ZIP_PATH` or
 * `ERR_ZIP_LIMIT`, with the file system's own error when writing fails, and with the reason of an aborted `signal`;
 * `target` may then hold a part.
 */
export async function unzip(file: string, target: string, { limits = ZIP_LIMITS, signal }: UnzipOptions = {}) {
  const zip = await open(file);
  try {
    const items = await readItems(zip, file, limits, signal);
    await mkdir(target);
    for (const item of items) {
      signal?.throwIfAborted();
      await write(zip, item, file, target, signal);
    }
  } finally {
    zip.close();
  }
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
  if (zip.entryCount > limits.entries) throw zipLimit(file, `more than ${limits.entries} files and folders`);
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

async function write(zip: ZipFile, item: ZipItem, file: string, target: string, signal: AbortSignal | undefined) {
  const path = join(target, item.path);
  // Zips need not list the folders that their files are in.
  await mkdir(item.type === 'folder' ? path : dirname(path), { recursive: true });
  if (item.type === 'folder') return;
  try {
    // yauzl holds the stream to the declared size: a longer one fails at its first byte too many.
    const content = await zip.openReadStreamPromise(item.entry);
    // 'wx': never through or over something that is there already.
    const out = createWriteStream(path, { flags: 'wx', mode: item.isExecutable ? 0o755 : 0o644 });
    await pipeline(content, checksum(item, file), out, signal ? { signal } : {});
  } catch (cause) {
    throw asZipError(file, cause, signal);
  }
}

/** Passes the content on, and fails at its end when it is not what was packed: yauzl does not look. */
function checksum({ path, entry }: ZipItem, file: string): Transform {
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      done(sum === entry.crc32 ? null : zipInvalid(file, `${path} is damaged (wrong checksum)`));
    },
  });
}

/** Ours, the caller's abort and the file system's pass; what is left is the zip's fault. */
function asZipError(file: string, thrown: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const isSystem = typeof thrown === 'object' && thrown !== null && 'syscall' in thrown;
  return thrown instanceof RxportError || isSystem ? thrown : zipInvalid(file, reasonOf(thrown), thrown);
}
