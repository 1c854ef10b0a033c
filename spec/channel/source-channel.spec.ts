import { describe, expect, it } from '@jest/globals';
import { openSourceChannel } from '../../lib/channel/source-channel.js';
import { systemClock } from '../../lib/clock.js';
import { nativeTransport } from '../../lib/sp/native.js';
import type { Transport } from '../../lib/sp/transport.js';
import { frame } from '../helpers/raw-peer.js';
import { connected, SourceRecorder } from '../helpers/source-end.js';

const blind: Transport = {
  ...nativeTransport,
  capabilities: { ...nativeTransport.capabilities, peerClose: false },
};

describe('the channel of a source', () => {
  it('tells its frames apart, in order, in one chunk', async () => {
    const { recorder, send } = await connected();
    const meta = { topic: 'a' };
    send(
      '{"message":{"i":0},"meta":null}',
      JSON.stringify({ message: 1, meta }),
      '{"error":"boom"}',
      JSON.stringify('{"error":"from Go"}'),
      'not JSON',
      '{"message":NaN}',
      '{"complete":true}',
    );
    expect(await recorder.count(7)).toEqual([
      [{ i: 0 }, {}],
      [1, meta],
      'error boom',
      'error from Go',
      'ERR_MESSAGE_INVALID',
      [NaN, {}],
      'complete',
    ]);
  });

  it('says how large tuples are while they are large, and once when they are not', async () => {
    const { recorder, send } = await connected();
    const tuple = (pad: number): string => JSON.stringify({ message: 'x'.repeat(pad), meta: null });
    send(tuple(1), tuple(20_000), tuple(30_000), tuple(1), tuple(1));
    await recorder.count(5);
    expect(recorder.sizes).toEqual([tuple(20_000).length, tuple(30_000).length, tuple(1).length]);
  });

  it('reads with the parser that it is given', async () => {
    const { recorder, send } = await connected({ parse: (text) => ({ message: text.toUpperCase() }) });
    send('abc');
    expect(await recorder.count(1)).toEqual([['ABC', {}]]);
  });

  it('tells that the source has ended, after its last frame', async () => {
    const { recorder, channel, source, send } = await connected();
    send('{"message":1}');
    await recorder.count(1);
    expect(channel.connected).toBe(true);
    send('{"message":2}');
    source.socket.end();
    expect(await recorder.count(3)).toEqual([[1, {}], [2, {}], 'ended']);
    expect(channel.connected).toBe(false);
  });

  it('goes on while one of its sources is left', async () => {
    const { recorder, channel, source, send, dial } = await connected();
    const other = await dial();
    send('{"message":1}');
    other.write(frame('{"message":2}'));
    await recorder.count(2);
    source.socket.end();
    await source.gone();
    other.write(frame('{"message":3}'));
    await recorder.count(3);
    expect(channel.connected).toBe(true);
    other.socket.destroy();
    expect((await recorder.count(4)).slice(2)).toEqual([[3, {}], 'ended']);
  });

  it('is drained once the source has closed its end', async () => {
    const { recorder, channel, source, send } = await connected();
    send('{"message":1}');
    await recorder.count(1);
    const drained = channel.drained(10_000);
    send('{"message":2}');
    source.socket.end();
    expect(await drained).toBe(true);
    expect(recorder.news).toEqual([[1, {}], [2, {}], 'ended']);
    expect(await channel.drained(10_000)).toBe(true);
  });

  it('is not drained by a source of before that has gone', async () => {
    const { recorder, channel, source, send, dial } = await connected();
    send('{"message":1}');
    source.socket.destroy();
    await recorder.count(2);
    const next = await dial();
    next.write(frame('{"message":2}'));
    await recorder.count(3);
    expect(await channel.drained(20)).toBe(false);
  });

  it('takes silence for the end where the transport can not tell', async () => {
    const { recorder, channel, send } = await connected({ transport: blind });
    send('{"message":1}');
    await recorder.count(1);
    expect(await channel.drained(10_000)).toBe(true);
  });

  it('is not drained there when there is no time for silence', async () => {
    const { channel } = await connected({ transport: blind });
    expect(await channel.drained(50)).toBe(false);
  });

  it('drops its sources and frees its address when it closes', async () => {
    const { recorder, address, channel, source, send } = await connected();
    send('{"message":1}');
    await recorder.count(1);
    await channel.close();
    await source.gone();
    const options = { clock: systemClock, transport: nativeTransport };
    const again = await openSourceChannel(address, options, new SourceRecorder().handler);
    await expect(openSourceChannel(address, options, recorder.handler)).rejects.toMatchObject({
      code: 'ERR_ADDRESS_IN_USE',
    });
    await again.close();
  });
});
