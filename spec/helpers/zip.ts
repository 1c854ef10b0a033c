import { crc32, deflateRawSync } from 'node:zlib';

/** One entry, as the zip claims it: whatever is given is written, true or not. */
export interface ZipEntry {
  readonly name: string;
  readonly data?: string | Uint8Array;
  /** Unix mode with its type bits; 0 is what packers on Windows write. */
  readonly mode?: number;
  readonly method?: 'store' | 'deflate';
  /** In place of the content as `method` packs it. */
  readonly packed?: Uint8Array;
  readonly flags?: number;
  readonly methodId?: number;
  readonly size?: number;
  readonly crc?: number;
  /** The packed bytes and the local header are those of the entry with this index. */
  readonly sharedWith?: number;
}

export const FILE = 0o100644;
export const EXECUTABLE = 0o100755;
export const SYMLINK = 0o120777;
export const DEVICE = 0o020644;
export const ENCRYPTED = 1;

const UTF8 = 0x800;

/** Plain files as entries: path → content. */
export const filesOf = (files: Readonly<Record<string, string>>): readonly ZipEntry[] =>
  Object.entries(files).map(([name, data]) => ({ name, data }));

/** The bytes of a zip with these entries; `count` is what its end says. */
export function makeZip(entries: readonly ZipEntry[], { count = entries.length } = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;

  for (const entry of entries) {
    const { name, data = '', mode = FILE, method = 'deflate', flags = 0, sharedWith } = entry;
    const content = Buffer.from(data);
    const packed = Buffer.from(entry.packed ?? (method === 'store' ? content : deflateRawSync(content, { level: 9 })));
    const path = Buffer.from(name);
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(flags | UTF8, 2);
    header.writeUInt16LE(entry.methodId ?? (method === 'store' ? 0 : 8), 4);
    header.writeUInt32LE(entry.crc ?? crc32(content), 10);
    header.writeUInt32LE(packed.length, 14);
    header.writeUInt32LE(entry.size ?? content.length, 18);
    header.writeUInt16LE(path.length, 22);

    offsets.push(sharedWith === undefined ? offset : (offsets[sharedWith] ?? 0));
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE((mode << 16) >>> 0, 6);
    attributes.writeUInt32LE(offsets.at(-1) ?? 0, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), header, attributes, path);
    if (sharedWith !== undefined) continue;

    const local = [Buffer.from('PK\x03\x04', 'latin1'), header, path, packed];
    parts.push(...local);
    offset += local.reduce((sum, { length }) => sum + length, 0);
  }

  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
