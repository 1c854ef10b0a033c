import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { EventStream } from '../../lib/server/event-stream.js';
import { until } from '../helpers/until.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A stream, its client, and how often it was told that the client has gone. */
async function connect(limit: number) {
  const streams: EventStream[] = [];
  let gone = 0;
  server = createServer((_, response) => streams.push(new EventStream(response, () => (gone += 1), limit)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = await new Promise<IncomingMessage>((resolve) => get({ port, host: '127.0.0.1' }, resolve));
  const [stream] = streams;
  if (stream === undefined) throw new Error('no request');
  return { stream, client, gone: () => gone };
}

const textOf = async (client: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of client) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

describe('server-sent events', () => {
  it('hold a mebibyte for a client that does not read, however few events that are, and the newest in any case', async () => {
    const { stream, client } = await connect(1_000);
    const pad = 'x'.repeat(700_000);
    // The first is more than kernel and socket take.
    for (let i = 0; i < 20; i += 1) stream.send({ i, pad: i === 0 ? 'x'.repeat(8_000_000) : pad });
    stream.send({ i: 'last', pad: 'x'.repeat(2_000_000) });
    stream.end();
    const ids = [...(await textOf(client)).matchAll(/"(?:i|count)":("last"|\d+)/g)].map(([, id]) => id);
    expect(ids).toEqual(['0', '19', '"last"']);
  });

  it('come in order, each with its name', async () => {
    const { stream, client, gone } = await connect(10);
    expect(client.headers).toMatchObject({ 'content-type': 'text/event-stream' });
    stream.send({ a: 'x\ny' });
    stream.beat();
    stream.send(1, 'count');
    stream.end();
    stream.send('too late');
    stream.beat();
    expect(await textOf(client)).toBe('data: {"a":"x\\ny"}\n\n: \n\nevent: count\ndata: 1\n\n');
    await until(() => gone() === 1);
  });

  it('drop the oldest for a client that does not read, and tell it how many', async () => {
    const { stream, client } = await connect(5);
    const pad = 'x'.repeat(100_000);
    const sent = 200;
    for (let i = 0; i < sent; i += 1) {
      stream.send({ i, pad });
      // What the kernel takes, it takes between two of them.
      if (i % 10 === 0) await new Promise(setImmediate);
    }
    const text = textOf(client);
    await until(() => client.socket.bytesRead > 1_000_000, 'the backlog');
    stream.send('last');
    stream.end();
    const events = (await text).split('\n\n').slice(0, -1);
    const numbers = events.flatMap((event) => /"i":(\d+)/.exec(event)?.[1] ?? []).map(Number);
    const dropped = events.flatMap((event) => /^event: dropped\ndata: \{"count":(\d+)\}$/.exec(event)?.[1] ?? []);
    const count = dropped.reduce((sum, text) => sum + Number(text), 0);
    expect(count).toBeGreaterThan(0);
    expect(numbers.length + count).toBe(sent);
    expect(numbers.slice(-4)).toEqual([sent - 4, sent - 3, sent - 2, sent - 1]);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(events.at(-1)).toBe('data: "last"');
  });
});
