import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { listenRep } from '../../lib/sp/rep.js';
import { tapped, type WireEvent } from '../../lib/sp/tap.js';
import { Requester } from '../helpers/requester.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Without the addresses, bodies as text. */
const plain = (events: readonly WireEvent[]): unknown[] =>
  events.map(({ address: _, ...event }) =>
    'body' in event ? { ...event, body: Buffer.from(event.body as string).toString() } : event,
  );

describe('a tap', () => {
  it('sees what goes over both ends of a data channel, and hands it on', async () => {
    const address = join(tempFolder(), 'd.ipc');
    const [sent, seen, heard]: [WireEvent[], WireEvent[], string[]] = [[], [], []];
    const options = { clock: systemClock };
    const pull = await tapped(nativeTransport, (event) => seen.push(event)).pull(address, options, {
      text: (text) => void heard.push(text),
    });
    closers.push(() => pull.close());
    const handler = { accepted: () => undefined, drained: () => undefined, closed: () => undefined };
    const push = await tapped(nativeTransport, (event) => sent.push(event)).push(
      address,
      { ...options, timeout: 1_000 },
      handler,
    );
    expect(push.open).toBe(true);
    push.send('one');
    push.send(Buffer.from('two'));
    push.end();
    await until(() => seen.length === 4 && sent.length === 4, 'the end of both');
    const bodies = (type: string) => ['one', 'two'].map((body) => ({ type, body }));
    expect(plain(seen)).toEqual([{ type: 'opened' }, ...bodies('in'), { type: 'closed' }]);
    expect(plain(sent)).toEqual([{ type: 'opened' }, ...bodies('out'), { type: 'closed' }]);
    expect(heard).toEqual(['one', 'two']);
  });

  it('sees requests and replies with their ids', async () => {
    const address = join(tempFolder(), 'r.ipc');
    const events: WireEvent[] = [];
    const rep = await listenRep(
      address,
      { clock: systemClock, tap: (event) => events.push(event) },
      { opened: () => undefined, request: (peer) => void peer.reply('world'), closed: () => undefined },
    );
    closers.push(() => rep.close());
    await Requester.dial(address, 'hello');
    await until(() => events.length === 3, 'the reply');
    const [opened, request, reply] = plain(events) as [unknown, { readonly id: number }, { readonly id: number }];
    expect(opened).toEqual({ type: 'opened' });
    expect(request).toEqual({ type: 'in', body: 'hello', id: reply.id });
    expect(reply).toEqual({ type: 'out', body: 'world', id: request.id });
  });
});
