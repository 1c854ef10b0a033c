import { afterEach, describe, expect, it } from '@jest/globals';
import { type FunctionCall, type Outcome } from '../../lib/channel/function-call.js';
import { FunctionPool } from '../../lib/symbol/function-pool.js';
import { functionPath } from '../../lib/wire/address.js';
import { crew } from '../helpers/crew.js';
import { turn } from '../helpers/fake-runner.js';
import { result } from '../helpers/function-end.js';
import { Requester } from '../helpers/requester.js';
import { until } from '../helpers/until.js';

const pools: FunctionPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

/** A function that so many processes are told to start. */
async function started(count = 2) {
  const all = await crew(count);
  const { link, clock } = all;
  const pool = new FunctionPool(clock);
  pools.push(pool);
  const shared = pool.get('f', link);
  const heard: string[] = [];
  const watcher = {
    started: () => heard.push('started'),
    lost: () => heard.push('lost'),
    refused: ({ code }: { readonly code: string }) => heard.push(code),
  };
  shared.use({ ruleId: 'r', ...watcher });
  const dial = (): Promise<Requester> => Requester.dial(functionPath(link.ipcDir, 'f'), 'handshake');
  return { ...all, shared, heard, dial };
}

/** A function that so many processes are connected to: `ends` are their ends of its channel. */
async function connected(count: number) {
  const all = await started(count);
  const { clock, processes, shared, dial } = all;
  const ends: Requester[] = [];
  /** A process has been told so often, answers, and connects. */
  const connects = async (process: Requester, told: number): Promise<Requester> => {
    await process.heard(told);
    process.says('ok');
    const capacity = shared.channel.capacity;
    const end = await dial();
    await until(() => shared.channel.capacity > capacity, 'it is connected');
    return end;
  };
  for (const process of processes) ends.push(await connects(process, 1));
  await passes(200);
  /** Time passes, and what follows from it happens. */
  async function passes(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await turn();
    }
  }
  /** The connection of a process closes. */
  const loses = async (end: Requester): Promise<void> => {
    const { capacity } = shared.channel;
    end.close();
    await until(() => shared.channel.capacity < capacity, 'it is gone');
  };
  return { ...all, ends, connects, passes, loses };
}

describe('a function that has lost its connection to a process that lives', () => {
  it.each([1, 2])('is started again there, also when another one answers: process %i of two', async (which) => {
    const { processes, ends, connects, passes, loses, shared, heard, errors } = await connected(2);
    const [process, end] = [processes[which - 1]!, ends[which - 1]!];
    await loses(end);
    await passes(700);
    expect(processes.map(({ received }) => received.length)).toEqual([1, 1]);
    await passes(700);
    await connects(process, 2);
    await passes(6_000);
    expect(processes.map(({ received }) => received.length)).toEqual(which === 1 ? [2, 1] : [1, 2]);
    expect([shared.channel.capacity, heard, errors]).toEqual([3, ['started'], []]);
  });

  it.each([1, 2])(
    'is known by whom it is told to, when both have lost theirs: process %i of two first',
    async (which) => {
      const { processes, ends, connects, passes, loses, shared, heard, errors } = await connected(2);
      const places = which === 1 ? [0, 1] : [1, 0];
      for (const place of places) {
        await loses(ends[place]!);
        await passes(600);
      }
      for (const place of places) {
        await passes(700);
        await connects(processes[place]!, 2);
      }
      await passes(6_000);
      expect(processes.map(({ received }) => received.length)).toEqual([2, 2]);
      expect([shared.channel.capacity, heard, errors]).toEqual([3, ['started'], []]);
    },
  );

  it('is called there again, with the call that was out', async () => {
    const { processes, ends, connects, passes, loses, shared } = await connected(1);
    const outcomes: Outcome[] = [];
    const call: Partial<FunctionCall> = { body: '1', timeout: 5_000, whenLost: 'repeat', cancelled: false };
    shared.channel.submit({ ...call, done: (outcome) => outcomes.push(outcome) } as FunctionCall);
    await ends[0]?.heard(1);
    await loses(ends[0]!);
    await passes(1_400);
    const again = await connects(processes[0]!, 2);
    expect(await again.heard(1)).toEqual(['1']);
    again.says(result(7));
    await until(() => outcomes.length === 1, 'the answer');
    expect(outcomes).toEqual([{ type: 'result', result: 7 }]);
  });

  it('costs nothing where it comes and goes before its START is answered: it is told once more', async () => {
    const { processes, ends, connects, dial, passes, loses, shared, heard, errors } = await connected(1);
    const [process] = processes as [Requester];
    await loses(ends[0]!);
    await passes(1_400);
    await process.heard(2);
    const end = await dial();
    await until(() => shared.channel.capacity === 2, 'it has come');
    await loses(end);
    process.says('ok');
    await passes(2_500);
    await connects(process, 3);
    await passes(6_000);
    expect([shared.channel.capacity, heard, errors]).toEqual([2, ['started'], []]);
  });

  it('is left alone where it dials again by itself', async () => {
    const { processes, ends, dial, passes, loses, shared } = await connected(1);
    await loses(ends[0]!);
    await passes(500);
    await dial();
    await until(() => shared.channel.capacity === 2, 'it is back');
    await passes(30_000);
    expect(processes[0]?.received).toHaveLength(1);
  });

  it('is left alone where it dials again by itself, and is without a connection when it is looked for', async () => {
    const { processes, ends, dial, passes, loses, shared } = await connected(1);
    let end = ends[0]!;
    for (let round = 0; round < 4; round += 1) {
      await loses(end);
      await passes(700);
      end = await dial();
      await until(() => shared.channel.capacity === 2, 'it is back');
    }
    await passes(30_000);
    expect(processes[0]?.received).toHaveLength(1);
  });

  it.each([1, 2])('costs the process that does not connect then: process %i of two', async (which) => {
    const { clock, processes, ends, passes, loses, errors } = await connected(2);
    await loses(ends[which - 1]!);
    await passes(1_400);
    await processes[which - 1]!.heard(2);
    processes[which - 1]!.says('ok');
    const step = (): boolean => (clock.advance(100), errors.length > 0);
    await until(step, 'it is restarted');
    expect(errors).toEqual(['ERR_CHANNEL_DIAL']);
  });

  it('is refused where its only process refuses it, and is not asked again', async () => {
    const { processes, ends, passes, loses, heard } = await connected(1);
    await loses(ends[0]!);
    await passes(1_400);
    await processes[0]!.heard(2);
    processes[0]!.says('no more');
    await until(() => heard.length === 2, 'it is told');
    await passes(30_000);
    expect([heard, processes[0]?.received.length]).toEqual([['started', 'ERR_SYMBOL_REFUSED'], 2]);
  });

  it('has back-off, as long as it does not stay for a minute', async () => {
    const { processes, ends, connects, passes, loses } = await connected(1);
    const [process] = processes as [Requester];
    let told = 1;
    let end = ends[0]!;
    const lasts = async (seconds: number): Promise<void> => {
      await loses(end);
      await passes(seconds * 700);
      expect(process.received).toHaveLength(told);
      await passes(seconds * 500 + 200);
      end = await connects(process, (told += 1));
      await passes(200);
    };
    for (const seconds of [1, 2, 4, 8, 10, 10]) await lasts(seconds);
    await passes(60_000);
    await lasts(1);
  });

  it('is not started again with its process gone, nor while that changes', async () => {
    const { link, processes, ends, connects, passes, loses, exits, lives, shakes } = await connected(1);
    let over: () => void = () => undefined;
    const aside = link.others.aside(() => new Promise<void>((resolve) => (over = resolve)));
    await loses(ends[0]!);
    await passes(30_000);
    expect(processes[0]?.received).toHaveLength(1);
    over();
    await aside;
    await passes(12_000);
    await loses(await connects(processes[0]!, 2));
    exits(0);
    await passes(500);
    expect(lives).toHaveLength(2);
    const next = await shakes(2);
    await connects(next, 1);
    await passes(30_000);
    expect(next.received).toHaveLength(1);
  });
});

describe('a function that is accepted, and does not come', () => {
  it.each([1, 2])('costs its process a restart, while the other one answers: process %i of two', async (which) => {
    const { clock, processes, errors, shared, dial } = await started();
    for (const [index, process] of processes.entries()) {
      await process.heard(1);
      process.says('ok');
      if (index === which - 1) await until(() => (clock.advance(100), errors.length > 0), 'it is restarted');
      else await dial();
    }
    await until(() => shared.channel.capacity > 1, 'the other one is connected');
    expect(errors).toEqual(['ERR_CHANNEL_DIAL']);
  });
});
