import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** Bytes that come out at a time. */
const PART = 64 * 1024;

/**
 * What `packed` unpacks to, and no more of it is read than is asked for. Whoever stops in between has `packed` ended when
 * that is done. What follows the end of the packed data is of no interest.
 */
export async function* inflated(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(packed);
  const inflate = createInflateRaw({ chunkSize: PART });
  const released = new Promise<void>((resolve) => source.once('close', resolve));
  source.on('error', (error) => inflate.destroy(error));
  // It comes out of the loop below; after that loop it would end the host.
  inflate.on('error', () => undefined);
  try {
    yield* source.pipe(inflate) as AsyncIterable<Buffer>;
  } finally {
    inflate.destroy();
    source.destroy();
    // A read may be under way, of a file that the caller closes next.
    await released;
  }
}
