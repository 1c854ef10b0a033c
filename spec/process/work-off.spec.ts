import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../lib/clock.js';
import { isStopped } from '../../lib/process/proc.js';
import { type Busyness, collect, isCollected, isWorkedOff, workOff } from '../../lib/process/work-off.js';
import { turn } from '../helpers/fake-runner.js';
import { HandClock } from '../helpers/hand-clock.js';
import { until } from '../helpers/until.js';

const NEW: Busyness = { elapsed: 0, cores: 0, idle: 0, calm: 0 };

describe('a stopped sink', () => {
  it.each<[string, Partial<Busyness>, boolean]>([
    ['has had no time yet', { elapsed: 199, cores: 1.5 }, false],
    ['spins', { elapsed: 200, cores: 1.5 }, true],
    ['keeps one core busy, which a message can do', { elapsed: 1_999, cores: 1 }, false],
    ['keeps one core busy, and neither reads nor writes', { elapsed: 400, cores: 1, calm: 400 }, true],
    ['keeps one core busy for long, as on a machine that has no more', { elapsed: 2_000, cores: 0.3 }, true],
    ['waits for something between its messages', { elapsed: 9_000, cores: 0.1, idle: 999 }, false],
    ['does nothing', { elapsed: 1_000, idle: 1_000 }, true],
    ['is at work for too long', { elapsed: 10_000, cores: 0.1 }, true],
  ])('that %s', (_, busyness, done) => {
    expect(isWorkedOff({ ...NEW, ...busyness })).toBe(done);
  });

  it('in a process that is gone has worked off', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const pid = child.pid ?? 0;
    await once(child, 'close');
    await expect(workOff(systemClock, pid, systemClock.now())).resolves.toBeUndefined();
  });
});

describe('a sink that is about to be stopped', () => {
  const alone = { shared: false, spins: false };
  it.each<[string, Partial<Busyness>, typeof alone, boolean]>([
    ['works', { elapsed: 9_999, idle: 299, calm: 299 }, alone, false],
    ['does nothing', { elapsed: 300, idle: 300, calm: 300 }, alone, true],
    ['works for too long', { elapsed: 10_000 }, alone, true],
    ['has company at work', { elapsed: 1_999 }, { ...alone, shared: true }, false],
    ['has company at work for too long', { elapsed: 2_000 }, { ...alone, shared: true }, true],
    ['has a neighbour that spins', { elapsed: 300, idle: 0, calm: 300 }, { ...alone, spins: true }, true],
    ['works beside one that spins', { elapsed: 300, idle: 0, calm: 0 }, { ...alone, spins: true }, false],
  ])('and that %s', (_, busyness, usage, done) => {
    expect(isCollected({ ...NEW, ...busyness }, usage)).toBe(done);
  });

  it('is not taken for idle when nobody looked: the machine was suspended', async () => {
    const idle = spawn('sleep', ['60']);
    await once(idle, 'spawn');
    const { pid = 0 } = idle;
    try {
      // Its loader reads.
      idle.kill('SIGSTOP');
      await until(() => isStopped(pid), 'it stands still');
      const clock = new HandClock();
      let told: boolean | undefined;
      void collect(clock, pid, () => alone).then((is) => (told = is));
      clock.advance(5_000);
      await turn();
      for (const expected of [undefined, true]) {
        expect(told).toBe(expected);
        clock.advance(100);
        await turn();
      }
    } finally {
      idle.kill('SIGKILL');
    }
  });

  it('in a process that is gone can not be told', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const pid = child.pid ?? 0;
    await once(child, 'close');
    await expect(collect(systemClock, pid, () => alone)).resolves.toBe(false);
  });
});
