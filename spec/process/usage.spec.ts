import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { usageOf } from '../../lib/process/usage.js';

(existsSync('/proc/self/stat') ? it : it.skip)('tells what a process has used', () => {
  const { cpuSeconds = 0, residentBytes = 0 } = usageOf(process.pid) ?? {};
  expect(residentBytes / process.memoryUsage.rss()).toBeCloseTo(1, 0);
  const { user, system } = process.cpuUsage();
  expect(Math.abs(cpuSeconds - (user + system) / 1e6)).toBeLessThan(0.5);
});

it('tells nothing of one that is gone, and nothing without /proc', () => {
  expect(usageOf(2 ** 22 + 1)).toBeUndefined();
  expect(usageOf(process.pid, '/nowhere')).toBeUndefined();
});
