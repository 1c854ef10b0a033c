import { describe, expect, it } from '@jest/globals';
import { channelClosed, frameTooLarge } from '../../lib/errors.js';
import { framingOf, SinkConnection, type Framing } from '../../lib/channel/sink-connection.js';
import {
  BATCH_BYTES,
  BATCH_LARGEST,
  BATCH_SIZE,
  BATCH_VALUES,
  type Payload,
  SinkFrame,
} from '../../lib/wire/sink-batch.js';

const MAGIC = '\u0001rxbatch';
/** All that was put off to the end of the tick has been done. */
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection, and the frames that it was given. */
function connection(framing: Framing, limit = Infinity) {
  const frames: Payload[] = [];
  const push = {
    address: 'x',
    open: true,
    send(body: Payload) {
      if (!push.open) throw channelClosed('x');
      if (body.length > limit) throw frameTooLarge('x', body.length, limit);
      return frames.push(body) < 3;
    },
    end: () => undefined,
    destroy: () => void (push.open = false),
  };
  const one = new SinkConnection(push, framing);
  /** How many values each frame holds. */
  const counts = (): number[] =>
    frames.map((frame) => {
      const values = SinkFrame.read(Buffer.from(frame), 'x');
      let count = 0;
      while (values.next()) count += 1;
      return count;
    });
  return { one, push, frames, counts };
}

describe('how values go out', () => {
  const [yes, no] = [() => true, () => false];
  it.each<[string, Parameters<typeof framingOf>[0], Framing]>([
    ['plain where nothing is known of the plugin', {}, 'plain'],
    ['plain to a plugin that takes no batches', { batches: no }, 'plain'],
    ['together to one that does', { batches: yes }, 'together'],
    ['one by one where each is acknowledged', { batches: yes, ackTimeout: 1 }, 'escaped'],
    ['plain to one that takes no batches, where each is acknowledged', { batches: no, ackTimeout: 1 }, 'plain'],
    ['together up to the limit', { batches: yes, maxSend: () => BATCH_BYTES }, 'together'],
    ['one by one below it', { batches: yes, maxSend: () => BATCH_BYTES - 1 }, 'escaped'],
    ['one by one below our own', { batches: yes, maxFrame: BATCH_BYTES - 1, maxSend: () => undefined }, 'escaped'],
  ])('%s', (_, terms, framing) => {
    expect(framingOf(terms)).toBe(framing);
  });
});

describe('the values of one tick', () => {
  it('share a frame, which leaves at its end', async () => {
    const { one, frames, counts } = connection('together');
    for (const value of ['a', 'b', 'c']) one.send(value);
    expect(frames).toEqual([]);
    await tick();
    one.send('d');
    await tick();
    expect(counts()).toEqual([3, 1]);
    expect(frames[1]).toBe('d');
  });

  it.each<[Framing, Payload[]]>([
    ['plain', ['a', MAGIC, 'c']],
    ['escaped', ['a', expect.any(Buffer) as unknown as Buffer, 'c']],
  ])('are frames of their own, at once, where they go out %s', (framing, expected) => {
    const { one, frames, counts } = connection(framing);
    for (const value of ['a', MAGIC, 'c']) one.send(value);
    expect(frames).toEqual(expected);
    if (framing === 'escaped') expect(counts()).toEqual([1, 1, 1]);
  });

  it('are no more in a frame than its bounds', async () => {
    const many = connection('together');
    for (let i = 0; i < BATCH_VALUES * 2 + 1; i += 1) many.one.send('');
    expect(many.counts()).toEqual([BATCH_VALUES, BATCH_VALUES]);
    await tick();
    expect(many.counts()).toEqual([BATCH_VALUES, BATCH_VALUES, 1]);

    const large = connection('together');
    const value = '\u20ac'.repeat(BATCH_LARGEST);
    for (let i = 0; i < (BATCH_SIZE / BATCH_LARGEST) * 2; i += 1) large.one.send(value);
    await tick();
    expect(large.counts()).toEqual([BATCH_SIZE / BATCH_LARGEST, BATCH_SIZE / BATCH_LARGEST]);
    for (const frame of large.frames) expect(frame.length).toBeLessThanOrEqual(BATCH_BYTES);
  });

  it('keep their order around a large one, which goes as it is', async () => {
    const { one, frames, counts } = connection('together');
    const large = new Uint8Array(BATCH_LARGEST + 1);
    for (const value of ['a', 'b', large, 'c']) one.send(value);
    await tick();
    expect(counts()).toEqual([2, 1, 1]);
    expect(frames[1]).toBe(large);
  });

  it('lose none for one that is over the limit', async () => {
    const { one, counts } = connection('together', BATCH_BYTES);
    one.send('a');
    expect(() => one.send(new Uint8Array(BATCH_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'ERR_FRAME_TOO_LARGE' }),
    );
    one.send('b');
    await tick();
    expect(counts()).toEqual([1, 1]);
    expect(one.accepted(2)).toBe(2);
  });

  it('are counted, not the frames', async () => {
    const { one } = connection('together');
    for (const value of ['a', 'b', 'c']) one.send(value);
    await tick();
    for (const value of ['d', 'e']) one.send(value);
    await tick();
    one.send('f');
    await tick();
    expect([one.accepted(2), one.accepted(1), one.unconfirmed]).toEqual([5, 1, 6]);
  });

  it('ask to wait when their frame does', async () => {
    const { one } = connection('together');
    for (const value of ['a', 'b', 'c']) {
      one.send(value);
      expect(one.full).toBe(false);
      await tick();
    }
    expect(one.full).toBe(true);
  });

  it('stay when the connection goes before the end of the tick', async () => {
    const { one, frames } = connection('together');
    one.send('a');
    one.destroy();
    await tick();
    expect(frames).toEqual([]);
  });
});

describe('what a connection may have held', () => {
  it.each<[Framing, number]>([
    ['plain', 2_130 + 128],
    ['together', 2_130 + 128 + Math.ceil((2 * 65_536 + BATCH_SIZE) / 100)],
  ])('is bounded in values that go out %s', async (framing, most) => {
    const { one } = connection(framing);
    for (let i = 0; i < 10_000; i += 1) one.send('x'.repeat(100));
    await tick();
    one.accepted(framing === 'plain' ? 10_000 : Math.ceil(10_000 / BATCH_VALUES));
    expect(Math.abs(one.unconfirmed - most)).toBeLessThanOrEqual(1);
  });
});
