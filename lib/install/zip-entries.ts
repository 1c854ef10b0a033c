import { getFileNameLowLevel, type Entry } from 'yauzl';
import { zipInvalid, zipLimit, zipPath } from '../errors.js';

export interface ZipLimits {
  /** Files and folders, counting the folders that only the files' paths name. */
  readonly entries: number;
  /** Of all files, unpacked. */
  readonly bytes: number;
  /** Unpacked to packed size, asked of what is larger than `ratioFrom` bytes. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

const MIB = 1024 * 1024;
export const ZIP_LIMITS: ZipLimits = { entries: 10_000, bytes: 256 * MIB, ratio: 100, ratioFrom: MIB };

/** Those that are given, and the usual ones for the rest. */
export const zipLimits = ({
  entries = ZIP_LIMITS.entries,
  bytes = ZIP_LIMITS.bytes,
  ratio = ZIP_LIMITS.ratio,
  ratioFrom = ZIP_LIMITS.ratioFrom,
}: Partial<ZipLimits> = {}): ZipLimits => ({ entries, bytes, ratio, ratioFrom });

/** What one entry becomes; `path` is relative, with "/", and stays inside the target. */
export interface ZipItem {
  readonly path: string;
  readonly type: 'file' | 'folder';
  readonly isExecutable: boolean;
  readonly entry: Entry;
}

const TYPE_MASK = 0o170000;
const FOLDER = 0o040000;
const FILE = 0o100000;

/**
 * Takes the entries of the zip `file`, of `packed` bytes, one by one, and refuses what must not be unpacked.
 *
 * The returned function throws `ERR_ZIP_PATH`, `ERR_ZIP_INVALID` or `ERR_ZIP_LIMIT`. Sizes are those that the entries
 * declare: whoever unpacks holds them to it.
 */
export function zipChecker(file: string, packed: number, limits: ZipLimits = ZIP_LIMITS): (entry: Entry) => ZipItem {
  const types = new Map<string, ZipItem['type']>();
  let total = 0;

  const claim = (path: string, type: ZipItem['type']): void => {
    const folders = path.split('/').slice(0, -1);
    folders.forEach((_, index) => {
      const folder = folders.slice(0, index + 1).join('/');
      if (types.get(folder) === 'file') throw zipPath(file, path, `but ${folder} is a file in it`);
      types.set(folder, 'folder');
    });
    const known = types.get(path);
    if (known !== undefined && (known === 'file' || type === 'file')) {
      throw zipPath(file, path, 'a second time: two programs could read two different files');
    }
    types.set(path, type);
    if (types.size > limits.entries) throw zipLimit(file, 'entries', `more than ${limits.entries} files and folders`);
  };

  return (entry) => {
    const { name, path } = pathOf(file, entry);
    const mode = entry.externalFileAttributes >>> 16;
    const type = typeOf(file, name, mode);
    checkContent(file, name, entry);
    if (type === 'folder' && entry.uncompressedSize > 0) throw zipInvalid(file, `the folder ${name} has content`);
    if (type === 'file' && path === '') throw zipPath(file, name, 'which names no file');
    if (path !== '') claim(path, type);
    total += entry.uncompressedSize;
    if (total > limits.bytes) throw zipLimit(file, 'bytes', `more than ${limits.bytes} bytes unpacked`);
    const tooDense = ratioProblem(name, entry, total, packed, limits);
    if (tooDense) throw zipLimit(file, 'ratio', tooDense);
    return { path, type, isExecutable: (mode & 0o111) !== 0, entry };
  };
}

function pathOf(file: string, entry: Entry): { name: string; path: string } {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  // Strict: a backslash stays one, for us to refuse.
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  const problem = nameProblem(name);
  if (problem) throw zipPath(file, name, problem);
  // "./a" and "a//b" are harmless, and some packers write them.
  const path = name
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
  return { name, path };
}

function nameProblem(name: string): string | undefined {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'an absolute path: use paths relative to the root';
  if (name.includes('\\')) return 'a path with a backslash: use "/"';
  if (name.split('/').includes('..')) return 'which leaves the folder: remove the ".."';
  if (/\p{Cc}/u.test(name)) return 'a path with a control character: rename the file';
  if (name.split('/').some((segment) => Buffer.byteLength(segment) > 255) || Buffer.byteLength(name) > 1024) {
    return 'a path too long for a file system: shorten it';
  }
  return undefined;
}

/** Zips made on Windows carry no mode; a trailing slash is then all that marks a folder. */
function typeOf(file: string, name: string, mode: number): ZipItem['type'] {
  const type = mode & TYPE_MASK;
  if (type !== 0 && type !== FILE && type !== FOLDER) {
    throw zipPath(file, name, 'a symbolic link or a device: pack plain files and folders only');
  }
  return name.endsWith('/') || type === FOLDER ? 'folder' : 'file';
}

function checkContent(file: string, name: string, entry: Entry): void {
  if (entry.isEncrypted()) throw zipInvalid(file, `${name} is encrypted: pack without a password`);
  if (!entry.canDecodeFileData()) {
    throw zipInvalid(file, `${name} uses compression method ${entry.compressionMethod}: use deflate or store`);
  }
}

function ratioProblem(
  name: string,
  { uncompressedSize, compressedSize }: Entry,
  total: number,
  packed: number,
  { ratio, ratioFrom }: ZipLimits,
): string | undefined {
  if (uncompressedSize > ratioFrom && uncompressedSize > ratio * compressedSize) {
    return `${name} unpacks to more than ${ratio} times its packed size`;
  }
  // Against the size of the zip: entries that share their packed bytes pass the check above.
  if (total > ratioFrom && total > ratio * packed) return `it unpacks to more than ${ratio} times its size`;
  return undefined;
}
