import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { serverEvents, type ServerEvent } from '../../lib/cli/event-stream.js';

async function* chunksOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function events(...chunks: readonly (string | Uint8Array)[]): Promise<readonly ServerEvent[]> {
  const found: ServerEvent[] = [];
  for await (const event of serverEvents(chunksOf(...chunks))) found.push(event);
  return found;
}

const read = async (...chunks: readonly (string | Uint8Array)[]): Promise<readonly string[]> =>
  (await events(...chunks)).map(({ data }) => data);

describe('server-sent events', () => {
  it.each([
    ['one event', ['data: a\n\n'], ['a']],
    ['two in a chunk', ['data: a\n\ndata: b\n\n'], ['a', 'b']],
    ['one over chunks', ['da', 'ta: a', 'b\n', '\n'], ['ab']],
    ['a pair of line ends over chunks', ['data: a\r', '\n\r', '\n'], ['a']],
    ['lines that end with a carriage return', ['data: a\r\rdata: b\r\r', ' '], ['a', 'b']],
    ['several lines', ['data: a\ndata: b\n\n'], ['a\nb']],
    ['no space after the colon', ['data:a\n\n'], ['a']],
    ['one space only is taken off', ['data:  a\n\n'], [' a']],
    ['an empty event', ['data\n\n'], ['']],
    ['comments and other fields', [': hello\nevent: x\nid: 1\ndata: a\n\n: x\n\n'], ['a']],
    ['an event without its end', ['data: a\n'], []],
  ])('reads %s', async (_, chunks, events) => {
    expect(await read(...chunks)).toEqual(events);
  });

  it('have a name, that of the event alone', async () => {
    const text = 'event: dropped\ndata: 1\n\ndata: 2\n\nevent: none\n\ndata: 3\nevent:late\n\nevent\ndata: 4\n\n';
    expect(await events(text)).toEqual([
      { event: 'dropped', data: '1' },
      { event: 'message', data: '2' },
      { event: 'late', data: '3' },
      { event: 'message', data: '4' },
    ]);
  });

  it('reads the same however the bytes are cut', async () => {
    const line = fc.string().map((text) => text.replace(/[\r\n]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(7)), async (lines, end, cuts) => {
        const bytes = Buffer.from(lines.map((one) => `data: ${one}${end}${end}`).join(''));
        const chunks: Uint8Array[] = [];
        for (let at = 0, index = 0; at < bytes.length; index += 1) {
          const size = (cuts[index % Math.max(1, cuts.length)] ?? 3) + 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(await read(...chunks)).toEqual(lines);
      }),
    );
  });

  it('holds no more of an event than a mebibyte', async () => {
    const [data = ''] = await read(
      ...Array<string>(40).fill('x'.repeat(100_000)),
      '\n\n',
      `data: ${'y'.repeat(2e6)}\n\n`,
    );
    expect(data.length).toBeLessThanOrEqual(1024 * 1024);
  });
});
