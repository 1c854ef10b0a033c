/** How long the rest of a stopped source waits for its rule. */
import { describe, expect, it } from '@jest/globals';
import { HandClock } from '../helpers/hand-clock.js';
import { frame } from '../helpers/raw-peer.js';
import { connected } from '../helpers/source-end.js';

const COUNT = 20;

/** A stopped source of 20 tuples, whose rule asks for a pause at each; `waits` hears how many it has got. */
async function stopped() {
  const clock = new HandClock();
  const { recorder, channel, source } = await connected({ clock, patient: () => true });
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
  /** Some milliseconds later: how many tuples the rule has got, and whether it is waited for no longer. */
  const after = async (ms: number): Promise<readonly [number, boolean]> => {
    clock.advance(ms);
    await new Promise(setImmediate);
    return [recorder.news.length, over];
  };
  return { channel, after, news: recorder.news };
}

describe('the rest of a stopped source', () => {
  it('comes all the same after a second in which the rule takes nothing', async () => {
    const { after, news } = await stopped();
    expect(await after(999)).toEqual([1, false]);
    expect(await after(1)).toEqual([COUNT, true]);
    expect(news).toEqual(Array.from({ length: COUNT }, (_, i) => [i, {}]));
  });

  it('comes all the same after 5 s, however steadily the rule takes it', async () => {
    const { channel, after } = await stopped();
    for (let second = 1; second < 5; second += 1) {
      expect(await after(999)).toEqual([second, false]);
      channel.resume();
      expect(await after(1)).toEqual([second + 1, false]);
    }
    channel.resume();
    expect(await after(999)).toEqual([6, false]);
    expect(await after(1)).toEqual([COUNT, true]);
  });

  it('is over as soon as the rule has taken the last', async () => {
    const { channel, after } = await stopped();
    for (let taken = 1; taken < COUNT; taken += 1) channel.resume();
    expect(await after(0)).toEqual([COUNT, true]);
  });
});
