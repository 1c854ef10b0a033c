import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { cpus } from 'node:os';
import { firstValueFrom, take, toArray } from 'rxjs';
import { testFunction, testSource } from 'rxport/sdk/testing';
import { cpuPercent, parseStat, ticksOf } from '../../plugins/telemetry/cpu.js';
import { deviation } from '../../plugins/telemetry/deviation.js';
import { machine } from '../../plugins/telemetry/machine.js';
import { parseMeminfo } from '../../plugins/telemetry/memory.js';
import { networkRates, parseNetDev } from '../../plugins/telemetry/network.js';
import { RunningScores } from '../../plugins/telemetry/running-scores.js';
import { noLog } from '../helpers/plugin-log.js';
import { unique } from '../helpers/unique.js';

describe('the source machine', () => {
  const fields = {
    at_ms: expect.any(Number),
    cpu_percent: expect.any(Number),
    memory_used_bytes: expect.any(Number),
    memory_total_bytes: expect.any(Number),
    disk_used_bytes: expect.any(Number),
    disk_total_bytes: expect.any(Number),
  };

  it('emits readings of this machine', async () => {
    const readings = await firstValueFrom(testSource(machine, { config: { interval: 5 } }).pipe(take(3), toArray()));
    for (const { message } of readings) {
      const { cpu_percent, memory_used_bytes, memory_total_bytes } = message as Record<string, number>;
      expect(message).toMatchObject(fields);
      expect(cpu_percent).toBeLessThanOrEqual(100);
      expect(memory_used_bytes).toBeLessThan(memory_total_bytes ?? 0);
    }
  });

  it('does without /proc: CPU and memory from Node, network null', async () => {
    jest.unstable_mockModule('../../plugins/telemetry/proc.js', () => ({ readProc: () => Promise.resolve(undefined) }));
    jest.resetModules();
    const { machine: elsewhere } = await import('../../plugins/telemetry/machine.js');
    const { message } = await firstValueFrom(testSource(elsewhere, { config: { interval: 5 } }));
    expect(message).toEqual({ ...fields, net_rx_bytes_per_s: null, net_tx_bytes_per_s: null });
  });

  it.each([
    [{ interval: 0 }, 'interval is 0'],
    [{ interval: 2 ** 31 }, 'interval is 2147483648'],
    [{ interval: '1s' }, 'interval is "1s"'],
    [{ disk: 5 }, 'disk is 5'],
    [{ disk: '/no/such/place', interval: 5 }, 'disk /no/such/place can not be read'],
  ])('refuses %j', async (config, text) => {
    await expect(firstValueFrom(testSource(machine, { config, log: noLog }))).rejects.toThrow(text);
  });
});

describe('what it reads', () => {
  it('counts ticks as busy unless they are idle or iowait, and guests once', () => {
    const stat = 'cpu  10 1 5 80 4 0 2 1 7 0\ncpu0 5 1 2 40 2 0 1 0 7 0\nintr 9';
    expect(parseStat(stat)).toEqual({ busy: 19, total: 103 });
  });

  it('has the same fields of Node', () => {
    const { busy, total } = ticksOf(cpus());
    expect(busy).toBeLessThan(total);
  });

  it.each([
    ['a part', { busy: 10, total: 100 }, { busy: 13, total: 116 }, 18.8],
    ['no tick', { busy: 10, total: 100 }, { busy: 10, total: 100 }, 0],
    ['a counter that went back', { busy: 10, total: 100 }, { busy: 9, total: 110 }, 0],
  ])('makes a percentage of %s', (_, before, after, percent) => {
    expect(cpuPercent(before, after)).toBe(percent);
  });

  it('counts what is available as free', () => {
    const meminfo = 'MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\n';
    expect(parseMeminfo(meminfo)).toEqual({ memory_used_bytes: 409_600, memory_total_bytes: 1_024_000 });
    expect(parseMeminfo('MemTotal:       1000 kB\n')).toBeUndefined();
  });

  it('adds up all interfaces but loopback', () => {
    const dev = [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier',
      '    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0',
      '  eth0: 1088699532   36591    0    0    0     0          0         0  4415306   27587    0    0    0     0     0',
      'wlan0:7 1 0 0 0 0 0 0 5 1 0 0 0 0 0',
      '',
    ];
    expect(parseNetDev(dev.join('\n'))).toEqual({ rx: 1_088_699_539, tx: 4_415_311 });
  });

  it.each([
    ['rates', { rx: 100, tx: 10 }, { rx: 300, tx: 11 }, 400, 2],
    ['nothing when an interface has gone', { rx: 100, tx: 10 }, { rx: 50, tx: 5 }, 0, 0],
    ['null without counters', undefined, { rx: 1, tx: 1 }, null, null],
  ])('makes %s', (_, before, after, rx, tx) => {
    expect(networkRates(before, after, 0.5)).toEqual({ net_rx_bytes_per_s: rx, net_tx_bytes_per_s: tx });
  });
});

describe('the function deviation', () => {
  it('scores a value among those of its key and rule', async () => {
    const [one, other] = [unique('r'), unique('r')].map((ruleId) => testFunction(deviation, { ruleId }));
    const scores = [];
    for (const value of [1, 2, 3, 10]) scores.push(await one?.exec('a', value));
    expect(scores).toEqual([0, expect.closeTo(Math.SQRT1_2), expect.closeTo(1), expect.closeTo(1.4697, 4)]);
    expect(await one?.exec('b', 100)).toBe(0);
    expect(await other?.exec('a', 100)).toBe(0);
  });

  it.each([
    [[null, 1], 'key is null: give a string or a number'],
    [['a', '7'], 'value of a is "7": give a number'],
  ])('refuses %j', async (args, text) => {
    await expect(testFunction(deviation).exec(...args)).rejects.toThrow(text);
  });

  it('refuses a wrong number of arguments when a rule starts', async () => {
    await expect(testFunction(deviation).validate('a')).rejects.toThrow('takes a key and a value, got 1 arguments');
    await testFunction(deviation).validate('a', 1);
  });
});

describe('running scores', () => {
  it('are those of all values so far', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 50 }), (values) => {
        const scores = new RunningScores();
        const running = values.map((value) => scores.score('k', value));
        const naive = values.map((value, index) => scoreOf(value, values.slice(0, index + 1)));
        for (const [index, score] of running.entries()) expect(score).toBeCloseTo(naive[index] ?? NaN, 6);
      }),
    );
  });

  it('are numbers whatever comes', () => {
    const scores = new RunningScores();
    for (const value of [5, 5, Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, NaN, 1])
      expect(Number.isFinite(scores.score('k', value))).toBe(true);
  });

  it('go on after a value whose square is too large for a number', () => {
    const scores = new RunningScores();
    const all = [1, 2, 3, 1e200, 1, 2, 3, 9].map((value) => scores.score('k', value));
    expect(all[3]).toBeCloseTo(1.5);
    expect(all.slice(5).every((score) => score !== 0)).toBe(true);
    expect(all[7]).toBeCloseTo(scoreOf(9, [1, 2, 3, 9]));
  });

  it('forget the key that was used longest ago', () => {
    const scores = new RunningScores(2);
    for (const key of ['a', 'b', 'a', 'c']) scores.score(key, key === 'a' ? 1 : 2);
    expect(scores.size).toBe(2);
    expect(scores.score('a', 9)).not.toBe(0);
    expect(scores.score('b', 9)).toBe(0);
  });
});

function scoreOf(value: number, all: readonly number[]): number {
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (all.length - 1));
  return deviation > 0 ? (value - mean) / deviation : 0;
}
