import { describe, expect, it } from '@jest/globals';
import { Client } from '../../lib/server/event-stream.js';

/** A client that takes `room` chunks before it is full. */
function reader(room: number) {
  const chunks: string[] = [];
  const client = new Client((chunk) => {
    chunks.push(chunk);
    return chunks.length < room;
  });
  return { client, chunks };
}

describe('a client of an event stream', () => {
  it('gets each event as it comes, on one line', () => {
    const { client, chunks } = reader(10);
    client.push({ text: 'a\nb' });
    client.push(1);
    client.beat();
    expect(chunks).toEqual(['data: {"text":"a\\nb"}\n\n', 'data: 1\n\n', ': \n\n']);
  });

  it('that is slow gets what waited, in order, in one piece', () => {
    const { client, chunks } = reader(1);
    for (const event of [1, 2, 3]) client.push(event);
    client.beat();
    expect(chunks).toEqual(['data: 1\n\n']);
    client.drained();
    expect(chunks).toEqual(['data: 1\n\n', 'data: 2\n\ndata: 3\n\n']);
  });

  it('that is too slow is told how many events it has missed', () => {
    const { client, chunks } = reader(1);
    for (let event = 0; event < 1_500; event += 1) client.push(event);
    client.drained();
    const [, rest = ''] = chunks;
    expect(rest.match(/^data: \d+$/gm)).toHaveLength(1_000);
    expect(rest.endsWith('data: 1000\n\nevent: dropped\ndata: {"count":499}\n\n')).toBe(true);
    client.drained();
    expect(chunks).toHaveLength(2);
  });
});
