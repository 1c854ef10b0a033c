import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { bootId, pids, statOf } from '../../lib/process/proc.js';
import { tempFolder } from '../helpers/unique.js';
import { startZombie } from '../helpers/zombie.js';

/** No process has an id as large. */
const NOBODY = 2 ** 22 + 1;

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

  it('sees processes by number only', () => {
    expect(pids()).toContain(process.pid);
    expect(pids().every(Number.isInteger)).toBe(true);
    expect(bootId()).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a look at a system without /proc', () => {
  it('shows nothing', () => {
    const nowhere = tempFolder();
    expect([statOf(process.pid, nowhere), pids(nowhere), bootId(`${nowhere}/none`)]).toEqual([
      undefined,
      [],
      undefined,
    ]);
    expect(pids(`${nowhere}/none`)).toEqual([]);
  });
});
