import { afterEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { get, type IncomingMessage } from 'node:http';
import { NEVER, Subject } from 'rxjs';
import { EventStreams } from '../../lib/server/event-streams.js';
import { HandClock } from '../helpers/hand-clock.js';
import { until } from '../helpers/until.js';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function serve(open: (streams: EventStreams, reply: Parameters<EventStreams['open']>[0]) => void) {
  const clock = new HandClock();
  const streams = new EventStreams(clock);
  app = fastify({ forceCloseConnections: true });
  app.get('/', (_, reply) => open(streams, reply));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const connect = async () => {
    let text = '';
    const client = await new Promise<IncomingMessage>((resolve) => get(url, { agent: false }, resolve));
    client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    client.on('error', () => undefined);
    return { client, text: () => text };
  };
  return { clock, streams, connect };
}

describe('streams of events', () => {
  it('say something every 15 s, also when there is nothing to say', async () => {
    const { clock, connect } = await serve((streams, reply) => streams.send(reply, ['first'], NEVER));
    const { text } = await connect();
    await until(() => text() === 'data: "first"\n\n', 'the first event');
    clock.advance(14_999);
    clock.advance(1);
    await until(() => text() === 'data: "first"\n\n: \n\n', 'the heartbeat');
    clock.advance(30_000);
    await until(() => text().endsWith('\n\n: \n\n: \n\n: \n\n'), 'two more');
  });

  it('let go of what they send when the client has gone', async () => {
    const events = new Subject<string>();
    const { connect, clock } = await serve((streams, reply) => streams.open(reply, () => events.subscribe()));
    const { client } = await connect();
    expect(events.observed).toBe(true);
    client.destroy();
    await until(() => !events.observed, 'the end of the subscription');
    // Nothing is left that would beat.
    expect(clock.actions).toEqual([]);
  });

  it.each<[what: string, end: (streams: EventStreams, events: Subject<string>) => void]>([
    ['what they send ends', (_, events) => events.complete()],
    ['that fails', (_, events) => events.error(new Error('mine'))],
    ['they are closed', (streams) => streams.close()],
  ])('end when %s', async (_, end) => {
    const events = new Subject<string>();
    const { streams, connect, clock } = await serve((all, reply) => all.send(reply, [], events));
    const { client, text } = await connect();
    events.next('a');
    end(streams, events);
    await until(() => client.readableEnded, 'the end');
    expect(text()).toBe('data: "a"\n\n');
    await until(() => clock.actions.length === 0, 'the end of the heartbeat');
  });
});
