import { describe, expect, it } from '@jest/globals';
import type { Runner } from '../../lib/control/instance.js';
import { type FakeRunner, plugin } from '../helpers/fake-runner.js';
import { listening, result } from '../helpers/function-end.js';
import { HandClock } from '../helpers/hand-clock.js';
import type { Requester } from '../helpers/requester.js';
import { until } from '../helpers/until.js';

/** The channel of a function that two processes answer, and who is said to be stuck. */
async function crew(clock?: HandClock) {
  const stuck: (Runner | undefined)[] = [];
  const all = await listening(clock, undefined, { stuck: (_, runner) => stuck.push(runner) });
  const { runner } = plugin();
  const connects = async (name: string): Promise<readonly [FakeRunner, Requester]> => {
    const process = runner(name);
    all.channel.expect(process);
    const peer = await all.dial();
    expect(await all.channel.joined(process, 10_000)).toBe(true);
    return [process, peer];
  };
  const [a, peerA] = await connects('a');
  const [b, peerB] = await connects('b');
  return { ...all, a, peerA, b, peerB, connects, stuck };
}

describe('the channel of a function that several processes answer', () => {
  it('knows which of them has a call out', async () => {
    const { channel, submit, a, b, peerA, peerB, calls } = await crew();
    submit('1');
    await peerA.heard(1);
    expect([channel.atWork(a), channel.atWork(b), channel.atWork()]).toEqual([true, false, true]);
    submit('2');
    await peerB.heard(1);
    peerA.says(result(1));
    await calls.count(1);
    expect([channel.atWork(a), channel.atWork(b)]).toEqual([false, true]);
  });

  it('sends each of them as much as its process takes', async () => {
    const all = await listening(new HandClock(), 5);
    const { runner } = plugin();
    const connects = async (process: Runner): Promise<Requester> => {
      all.channel.expect(process);
      const peer = await all.dial();
      expect(await all.channel.joined(process, 10_000)).toBe(true);
      return peer;
    };
    const low = { ...runner('low'), maxSend: 10 };
    const peer = await connects(low);
    all.submit('1234567');
    expect(await all.calls.count(1)).toEqual(['1234567: ERR_FRAME_TOO_LARGE']);
    all.submit('123456');
    expect(await peer.heard(1)).toEqual(['123456']);
    const other = await connects(runner('high'));
    all.submit('1234567');
    expect(await other.heard(1)).toEqual(['1234567']);
    // Nobody knows whose connection it is.
    const unknown = await all.dial();
    await until(() => all.channel.capacity === 4, 'it is there');
    all.submit('12');
    expect(await all.calls.count(2)).toEqual(['1234567: ERR_FRAME_TOO_LARGE', '12: ERR_FRAME_TOO_LARGE']);
    expect(unknown.received).toEqual([]);
  });

  it('gives one that is dismissed no more calls, and waits for what it has', async () => {
    const { channel, submit, a, peerA, peerB, calls } = await crew();
    submit('1');
    await peerA.heard(1);
    let left = false;
    const dismissed = channel.dismiss(a).then(() => (left = true));
    submit('2');
    expect(await peerB.heard(1)).toEqual(['2']);
    expect([left, channel.capacity]).toEqual([false, 2]);
    peerA.says(result(1));
    await dismissed;
    await calls.count(1);
    submit('3');
    peerB.says(result(2));
    expect(await peerB.heard(2)).toEqual(['2', '3']);
    expect(peerA.received).toEqual(['1']);
  });

  it('gives one that is dismissed no more calls when it dials again', async () => {
    const { channel, submit, a, peerA, peerB, dial } = await crew();
    await channel.dismiss(a);
    peerA.close();
    const again = await dial();
    submit('1');
    submit('2');
    expect(await peerB.heard(1)).toEqual(['1']);
    expect([again.received, channel.capacity]).toEqual([[], 2]);
  });

  it('goes on calling those that stay, when another version takes the place of one of them', async () => {
    const { channel, submit, a, b, peerA, peerB, connects, calls } = await crew();
    submit('1');
    await peerA.heard(1);
    channel.hold();
    const [, next] = await connects('new');
    const drained = channel.cutOver([b]);
    submit('2');
    submit('3');
    expect([await peerB.heard(1), await next.heard(1)]).toEqual([['2'], ['3']]);
    peerA.says(result(1));
    expect([await drained, channel.capacity]).toEqual([1, 3]);
    // And back: who stayed is called, and who has come is not.
    const back = channel.cutBack([a, b]);
    submit('4');
    expect(await peerA.heard(2)).toEqual(['1', '4']);
    peerB.says(result(2));
    next.says(result(3));
    await back;
    submit('5');
    expect(await peerB.heard(2)).toEqual(['2', '5']);
    expect([next.received, channel.capacity]).toEqual([['3'], 3]);
    await calls.count(3);
  });

  it('takes a connection for that of the process that dials again', async () => {
    const { channel, submit, a, b, peerA, dial, peerB, calls } = await crew();
    peerA.close();
    await until(() => channel.capacity === 2, 'it is gone');
    const again = await dial();
    await until(() => channel.capacity === 3, 'it is back');
    submit('1');
    await peerB.heard(1);
    submit('2');
    await again.heard(1);
    peerB.says(result(1));
    await calls.count(1);
    expect([channel.atWork(a), channel.atWork(b)]).toEqual([true, false]);
  });

  it('does not wait for a process that is gone', async () => {
    const { channel } = await crew();
    const process = plugin().runner('c');
    channel.expect(process);
    const joined = channel.joined(process, 60_000);
    process.ready = false;
    expect(await joined).toBe(true);
  });

  it('says which of them does not answer even what was given up, while others do', async () => {
    const clock = new HandClock();
    const { submit, a, peerA, peerB, calls, stuck } = await crew(clock);
    submit('1', { timeout: 1_000 });
    await peerA.heard(1);
    clock.advance(1_100);
    expect(await calls.count(1)).toEqual(['1: ERR_CALL_TIMEOUT']);
    for (let second = 1; second <= 31; second += 1) {
      submit('x', { timeout: 5_000 });
      await peerB.heard(second);
      clock.advance(1_000);
      peerB.says(result(0));
      await calls.count(second + 1);
      if (second < 29) expect(stuck).toEqual([]);
    }
    expect(stuck).toEqual([a]);
  });
});

describe('calls with a key', () => {
  it('go to one process, also where another is free; without one, to whoever is free', async () => {
    const { submit, peerA, peerB, calls } = await crew();
    for (const n of [1, 2, 3]) submit(`k${n}`, { key: 'k' });
    const [home, other] = (await hears(peerA, peerB)) ? [peerA, peerB] : [peerB, peerA];
    submit('u');
    expect(await other.heard(1)).toEqual(['u']);
    for (const n of [1, 2, 3]) {
      await home.heard(n);
      home.says(result(n));
    }
    await calls.count(3);
    expect(home.received).toEqual(['k1', 'k2', 'k3']);
  });

  it('go elsewhere, in their order, when their process is gone with the first of them', async () => {
    const { submit, peerA, peerB, calls } = await crew();
    for (const n of [1, 2, 3]) submit(`k${n}`, { key: 'k' });
    const [home, other] = (await hears(peerA, peerB)) ? [peerA, peerB] : [peerB, peerA];
    home.close();
    for (const n of [1, 2, 3]) {
      await other.heard(n);
      other.says(result(n));
    }
    expect(await calls.count(3)).toEqual(['k1: result 1', 'k2: result 2', 'k3: result 3']);
    expect(other.received).toEqual(['k1', 'k2', 'k3']);
  });

  it('wait for the new version in an update, and find it', async () => {
    const { channel, submit, peerA, peerB, connects, calls } = await crew();
    for (const n of [1, 2]) submit(`k${n}`, { key: 'k' });
    const [home] = (await hears(peerA, peerB)) ? [peerA] : [peerB];
    channel.hold();
    const [, next] = await connects('new');
    const drained = channel.cutOver();
    expect(await next.heard(1)).toEqual(['k2']);
    home.says(result(1));
    expect(await drained).toBe(1);
    next.says(result(2));
    expect(await calls.count(2)).toEqual(['k1: result 1', 'k2: result 2']);
  });
});

/** True when the first one is asked something, false when the second is. */
async function hears(one: Requester, other: Requester): Promise<boolean> {
  await Promise.race([one.heard(1), other.heard(1)]);
  return one.received.length > 0;
}
