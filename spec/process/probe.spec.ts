import { describe, expect, it } from '@jest/globals';
import { probe } from '../../lib/process/probe.js';

const node = (script: string, timeout?: number): ReturnType<typeof probe> =>
  probe(process.execPath, ['-e', script], timeout);

describe('a program that is asked', () => {
  it.each([
    ['what it prints', 'console.log("out"); console.error("err")', { code: 0, output: 'out\nerr' }],
    ['how it fails', 'console.error("no"); process.exit(3)', { code: 3, output: 'no' }],
    ['that it was killed', 'process.kill(process.pid, "SIGKILL")', { code: null, output: '' }],
  ])('tells %s', async (_, script, answer) => {
    expect(await node(script)).toEqual(answer);
  });

  it('is killed when its time is up', async () => {
    expect(await node('setInterval(() => 0, 1_000)', 100)).toMatchObject({ code: null });
  });

  it('may not be there', async () => {
    expect(await probe('/no/such/program', [])).toMatchObject({ code: undefined });
  });
});
