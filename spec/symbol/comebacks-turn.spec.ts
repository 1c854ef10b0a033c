import { afterEach, describe, expect, it } from '@jest/globals';
import { FunctionPool } from '../../lib/symbol/function-pool.js';
import { functionPath } from '../../lib/wire/address.js';
import { crew } from '../helpers/crew.js';
import { turn } from '../helpers/fake-runner.js';
import { Requester } from '../helpers/requester.js';
import { until } from '../helpers/until.js';

const pools: FunctionPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

/** A function that two processes are connected to; `ends` are their ends of its channel. */
async function connected() {
  const all = await crew(2);
  const { link, clock, processes } = all;
  const pool = new FunctionPool(clock);
  pools.push(pool);
  const shared = pool.get('f', link);
  const { channel } = shared;
  shared.use({ ruleId: 'r', started: () => undefined, lost: () => undefined, refused: () => undefined });
  /** A process has been told so often, answers, and connects. */
  const connects = async (process: Requester, told: number): Promise<Requester> => {
    await process.heard(told);
    process.says('ok');
    const { capacity } = channel;
    const end = await Requester.dial(functionPath(link.ipcDir, 'f'), 'handshake');
    await until(() => channel.capacity > capacity, 'it is connected');
    return end;
  };
  const ends: Requester[] = [];
  for (const process of processes) ends.push(await connects(process, 1));
  const closes = async (end: Requester): Promise<void> => {
    const { capacity } = channel;
    end.close();
    await until(() => channel.capacity < capacity, 'it is gone');
  };
  /** Time passes, and what follows from it happens. */
  const passes = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await turn();
    }
  };
  await passes(200);
  return { ...all, channel, ends, connects, closes, passes };
}

describe('a first process that has lost the connection of a function', () => {
  it('is told before a replica that comes meanwhile, and is not restarted', async () => {
    const { processes, ends, phases, exits, shakes, connects, closes, passes, channel, errors } = await connected();
    const first = processes[0]!;
    exits(1);
    await until(() => phases()[1] === 'backoff', 'the replica is gone');
    for (const end of ends) await closes(end);
    await passes(300);
    const replica = await shakes(3);
    await until(() => phases()[1] === 'ready', 'the replica is back');
    await passes(5_200);
    await connects(first, 2);
    await connects(replica, 1);
    await passes(6_000);
    expect([first, replica].map(({ received }) => received.length)).toEqual([2, 1]);
    expect([channel.capacity, phases()]).toEqual([3, ['ready', 'ready']]);
    expect(errors).not.toContain('ERR_CHANNEL_DIAL');
  });

  it('is told in its time where all is spread anew that a replica runs already', async () => {
    const { link, processes, ends, phases, connects, closes, passes, channel, errors } = await connected();
    await closes(ends[0]!);
    await link.others.aside(() => Promise.resolve());
    await passes(1_400);
    await connects(processes[0]!, 2);
    await passes(6_000);
    expect(processes.map(({ received }) => received.length)).toEqual([2, 1]);
    expect([channel.capacity, phases()]).toEqual([3, ['ready', 'ready']]);
    expect(errors).not.toContain('ERR_CHANNEL_DIAL');
  });
});

it('a first process that comes anew, accepts a function and does not connect is restarted, though a replica answers', async () => {
  const { clock, ends, phases, exits, shakes, closes, passes, errors } = await connected();
  exits(0);
  await until(() => phases()[0] === 'backoff', 'the first process is gone');
  await closes(ends[0]!);
  await passes(300);
  const anew = await shakes(3);
  await anew.heard(1);
  anew.says('ok');
  await until(() => (clock.advance(100), errors.includes('ERR_CHANNEL_DIAL')), 'it is restarted');
});
