import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { bootId, effortOf, pids, statOf } from '../../lib/process/proc.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { startZombie } from '../helpers/zombie.js';

/** No process has an id as large. */
const NOBODY = 2 ** 22 + 1;

async function doneBy(pgrp: number): Promise<number> {
  const before = effortOf(pgrp) ?? NaN;
  await setTimeout(300);
  return (effortOf(pgrp) ?? NaN) - before;
}

(existsSync('/proc/self/stat') ? describe : describe.skip)('a look at /proc', () => {
  it('tells one process from another by its start time, which does not change', () => {
    const me = statOf(process.pid);
    expect(me).toEqual({
      pid: process.pid,
      pgrp: expect.any(Number),
      startTime: expect.stringMatching(/^\d+$/),
    });
    expect(statOf(process.pid)).toEqual(me);
    expect(statOf(1)?.startTime).not.toBe(me?.startTime);
  });

  it('does not see who is not there, nor who has ended and was not reaped', async () => {
    expect(statOf(NOBODY)).toBeUndefined();
    const { pid } = await startZombie();
    expect(pids()).toContain(pid);
    expect(statOf(pid)).toBeUndefined();
  });

  it.each([
    ['sleeps a moment after each value', 'const next = () => setTimeout(next, 20); next();', true],
    ['computes', 'for (;;);', true],
    ['waits for something', 'setInterval(() => {}, 60_000);', false],
  ])('sees how much is done in the process group of a program that %s', async (_, program, works) => {
    // A wrapper does nothing itself.
    const script = `${process.execPath} -e '${program}' & wait`;
    const { pid = NOBODY } = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' });
    try {
      // Its start is work, too.
      await setTimeout(1_000);
      const before = effortOf(pid) ?? NaN;
      if (works) await until(() => (effortOf(pid) ?? 0) - before > 8, 'it is seen at work');
      else for (let looks = 0; looks < 20 && (await doneBy(pid)) > 2;) looks += 1;
      if (!works) expect(await doneBy(pid)).toBeLessThanOrEqual(2);
    } finally {
      process.kill(-pid, 'SIGKILL');
    }
  });

  it('sees processes by number only', () => {
    expect(pids()).toContain(process.pid);
    expect(pids().every(Number.isInteger)).toBe(true);
    expect(bootId()).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a look at a system without /proc', () => {
  it('shows nothing', () => {
    const nowhere = tempFolder();
    expect([statOf(process.pid, nowhere), effortOf(1, nowhere), pids(nowhere), bootId(`${nowhere}/none`)]).toEqual([
      undefined,
      undefined,
      [],
      undefined,
    ]);
    expect(pids(`${nowhere}/none`)).toEqual([]);
  });
});
