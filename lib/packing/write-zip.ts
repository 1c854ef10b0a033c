import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { PackedEntry } from '../install/stock-rules.js';
import type { PackedFile } from './packed-file.js';

/** In local time, which is what a zip holds: the same bytes in every time zone. */
const EPOCH = new Date(1980, 0, 1);
const FOLDER = 0o040755;
const FILE = 0o100644;
const EXECUTABLE = 0o100755;

export interface WrittenZip {
  readonly bytes: number;
  readonly sha256: string;
  /** In the order of the zip. */
  readonly entries: readonly PackedEntry[];
}

/**
 * Writes the zip `target`, which must not exist: sorted, with an entry for each folder, and with the same bytes for the
 * same files. Rejects with the file system's own error, and with the reason of an aborted `signal`.
 */
export async function writeZip(
  files: readonly PackedFile[],
  target: string,
  signal?: AbortSignal,
): Promise<WrittenZip> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (cause: Error) => output.destroy(cause));
  const entries = entriesOf(files);
  for (const { path, mode, content } of entries)
    add(zip, path, { mtime: EPOCH, mode, forceDosTimestamp: true }, content);
  zip.end();

  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(output, measure, createWriteStream(target, { flags: 'wx' }), signal ? { signal } : {});
  return { bytes, sha256: hash.digest('hex'), entries };
}

interface Entry extends PackedEntry {
  /** A folder has none. */
  readonly content?: PackedFile['content'];
}

interface EntryOptions {
  readonly mtime: Date;
  readonly mode: number;
  readonly forceDosTimestamp: boolean;
}

function add(zip: ZipFile, path: string, options: EntryOptions, content: Entry['content']): void {
  if (content === undefined) return zip.addEmptyDirectory(path, options);
  if (Buffer.isBuffer(content)) return zip.addBuffer(content, path, options);
  // Opened when its turn comes. Checked against its size: a file that changes meanwhile must not be packed by half.
  zip.addReadStreamLazy(path, { ...options, size: content.bytes }, (opened) => {
    const stream = createReadStream(content.file);
    stream.once('error', (cause) => zip.emit('error', cause));
    opened(null, stream);
  });
}

/** eKuiper makes no folder that has no entry of its own before its files. */
function entriesOf(files: readonly PackedFile[]): readonly Entry[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at + 1));
  }
  const entries: readonly Entry[] = [
    ...[...folders].map((path) => ({ path, mode: FOLDER })),
    ...files.map(({ path, content, executable }) => ({ path, content, mode: executable ? EXECUTABLE : FILE })),
  ];
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
