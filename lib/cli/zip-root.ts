/** The JSON files in the root of a zip: its manifest is among them. */
import { text } from 'node:stream/consumers';
import { UnknownRecord } from 'io-ts';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { reasonOf, zipInvalid } from '../errors.js';
import { parseJson } from '../install/find-manifest.js';

export interface RootFile {
  /** `thermo.json` */
  readonly name: string;
  /** Says which language it is of and what its program is. */
  readonly isManifest: boolean;
}

export interface ZipRoot {
  readonly files: readonly RootFile[];
  /** The one folder that all is wrapped in. */
  readonly wrapper: string | undefined;
}

/** Bytes: no manifest is larger. */
const MAX_BYTES = 1024 * 1024;
/** A zip with more is refused when it is installed. */
const MAX_FILES = 100;

/** Rejects with `ERR_ZIP_INVALID`. */
export async function rootOf(file: string): Promise<ZipRoot> {
  try {
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    try {
      return await read(zip);
    } finally {
      zip.close();
    }
  } catch (cause) {
    throw zipInvalid(file, reasonOf(cause), cause);
  }
}

async function read(zip: ZipFile): Promise<ZipRoot> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) if (!isNoise(entry.fileName)) entries.push(entry);
  const wrapper = wrapperOf(entries.map(({ fileName }) => fileName));
  const prefix = wrapper === undefined ? '' : `${wrapper}/`;
  const inRoot = entries.filter(({ fileName }) => /^[^/.][^/]*\.json$/.test(fileName.slice(prefix.length)));
  const files: RootFile[] = [];
  for (const entry of inRoot.slice(0, MAX_FILES))
    files.push({ name: entry.fileName.slice(prefix.length), isManifest: await isManifest(zip, entry) });
  return { files, wrapper };
}

const isNoise = (name: string): boolean => /^__MACOSX\/|(^|\/)(\.DS_Store|Thumbs\.db)$/.test(name);

function wrapperOf(names: readonly string[]): string | undefined {
  const tops = new Set(names.map((name) => name.split('/')[0]));
  const [top] = tops;
  return tops.size === 1 && names.every((name) => name.includes('/')) ? top : undefined;
}

async function isManifest(zip: ZipFile, entry: Entry): Promise<boolean> {
  if (entry.uncompressedSize > MAX_BYTES) return false;
  const told = await text(await zip.openReadStreamPromise(entry));
  try {
    const json = parseJson(told);
    return UnknownRecord.is(json) && Object.hasOwn(json, 'language') && Object.hasOwn(json, 'executable');
  } catch {
    return false;
  }
}
