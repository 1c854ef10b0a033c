/** How long the rest of a stopped source waits for its rule. */
import { describe, expect, it } from '@jest/globals';
import { frame } from '../helpers/raw-peer.js';
import { connected } from '../helpers/source-end.js';

const COUNT = 20;

/** A stopped source of 20 tuples, whose rule asks for a pause at each. */
async function stopped() {
  const { recorder, channel, source, send } = await connected({ patient: () => true });
  const { tuple } = recorder.handler;
  recorder.handler.tuple = (message, meta) => {
    channel.pause();
    tuple(message, meta);
  };
  source.write(frame(JSON.stringify(Array.from({ length: COUNT }, (_, message) => ({ message })))));
  await recorder.count(1);
  channel.collect();
  let over = false;
  void channel.delivered().then(() => (over = true));
  /** How many tuples the rule has got, and whether it is waited for no longer. */
  const state = async (): Promise<readonly [number, boolean]> => {
    await new Promise(setImmediate);
    return [recorder.news.length, over];
  };
  return { channel, state, send, news: recorder.news };
}

describe('the rest of a stopped source', () => {
  it('waits for as long as the rule takes, and is over as soon as that has taken the last', async () => {
    const { channel, state, news } = await stopped();
    for (let taken = 1; taken < COUNT; taken += 1) {
      expect(await state()).toEqual([taken, false]);
      channel.resume();
    }
    expect(await state()).toEqual([COUNT, true]);
    expect(news).toEqual(Array.from({ length: COUNT }, (_, i) => [i, {}]));
  });

  it('comes at once when nobody takes it any longer', async () => {
    const { channel, state } = await stopped();
    channel.flush();
    expect(await state()).toEqual([COUNT, true]);
  });

  it('ends with what had been read, of one that goes on all the same', async () => {
    const { channel, state, send } = await stopped();
    for (let taken = 1; taken <= COUNT; taken += 1) {
      send('{"message":"more"}');
      expect(await state()).toEqual([taken, taken === COUNT]);
      channel.resume();
    }
    expect(await state()).toEqual([COUNT, true]);
  });
});
