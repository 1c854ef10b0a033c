/** The content of an entry from its packed bytes: as large as it is declared, with the checksum that it is to have. */
import { crc32, inflateRawSync } from 'node:zlib';
import { type RxportError, zipInvalid } from '../errors.js';
import { inflated } from './inflated.js';
import type { ZipItem } from './zip-entries.js';

const STORED = 0;

/** In one piece. Throws `ERR_ZIP_INVALID` or an error of zlib. */
export function unpack(packed: Buffer, item: ZipItem, file: string): Buffer {
  const { compressionMethod, uncompressedSize, crc32: sum } = item.entry;
  // zlib takes no limit of 0. One chunk that holds everything spares it to join many.
  const limits = { maxOutputLength: Math.max(1, uncompressedSize), chunkSize: Math.max(64, uncompressedSize + 1) };
  const content = compressionMethod === STORED ? Buffer.from(packed) : inflateRawSync(packed, limits);
  if (content.length !== uncompressedSize) throw wrongSize(file, item);
  if (crc32(content) !== sum) throw damaged(file, item);
  return content;
}

/** Part by part, none of which goes beyond the declared size. Throws the same, the checksum's error after the last part. */
export async function* unpackParts(packed: AsyncIterable<Buffer>, item: ZipItem, file: string): AsyncGenerator<Buffer> {
  const { compressionMethod, uncompressedSize, crc32: expected } = item.entry;
  let size = 0;
  let sum = 0;
  for await (const part of compressionMethod === STORED ? packed : inflated(packed)) {
    size += part.length;
    if (size > uncompressedSize) throw wrongSize(file, item);
    sum = crc32(part, sum);
    yield part;
  }
  if (size !== uncompressedSize) throw wrongSize(file, item);
  if (sum !== expected) throw damaged(file, item);
}

const wrongSize = (file: string, { path }: ZipItem): RxportError =>
  zipInvalid(file, `${path} has not the size that is declared`);

const damaged = (file: string, { path }: ZipItem): RxportError =>
  zipInvalid(file, `${path} is damaged (wrong checksum)`);
