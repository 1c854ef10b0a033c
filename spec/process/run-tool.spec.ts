import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../lib/clock.js';
import { runTool } from '../../lib/process/run-tool.js';
import { isAlive } from '../helpers/alive.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const env = { PATH: process.env['PATH'] ?? '', RXPORT_TEST_RUN: process.env['RXPORT_TEST_RUN'] ?? '' };
const cwd = tempFolder();
const run = (file: string, args: readonly string[], options: { deadline?: number; signal?: AbortSignal } = {}) =>
  runTool({ file, args, cwd }, { env, clock: systemClock, deadline: 10_000, ...options });
const sh = (script: string, options = {}) => run('/bin/sh', ['-c', script], options);

describe('a tool', () => {
  it('ends with its code and its output, both streams', async () => {
    expect(await sh('echo a; exit 0')).toEqual({ code: 0, output: ['a'] });
    expect(await sh('echo b >&2; exit 3')).toEqual({ code: 3, output: ['b'] });
    expect(await sh('kill -KILL $$')).toEqual({ code: null, output: [] });
  });

  it('gets its arguments as they are, without a shell', async () => {
    expect((await run('/bin/echo', ['$HOME; `id`'])).output).toEqual(['$HOME; `id`']);
  });

  it('keeps the last 200 lines', async () => {
    const { output } = await sh('i=0; while [ $i -lt 300 ]; do echo $i; i=$((i+1)); done');
    expect([output.length, output[0], output.at(-1)]).toEqual([200, '100', '299']);
  });

  it('is missing, with its name', async () => {
    await expect(run('rxport-no-such-tool', [])).rejects.toMatchObject({
      code: 'ERR_TOOL_MISSING',
      message: expect.stringMatching(/^rxport-no-such-tool can not be run \(.*(ENOENT|No such file)/),
    });
    await expect(run(cwd, [])).rejects.toMatchObject({ code: 'ERR_TOOL_MISSING' });
    expect(await sh('exit 127')).toEqual({ code: 127, output: [] });
  });

  it('is killed with all that it has started when it takes too long', async () => {
    const file = join(cwd, 'pid');
    await expect(sh(`echo working; sleep 60 & echo $! > ${file}; wait`, { deadline: 2_000 })).rejects.toMatchObject({
      code: 'ERR_TOOL_TIMEOUT',
      message: expect.stringContaining('working'),
    });
    await until(() => !isAlive(Number(readFileSync(file, 'utf8'))), 'the child is gone');
  });

  it('is killed when its caller gives up', async () => {
    const file = join(cwd, 'other');
    const caller = new AbortController();
    const running = sh(`echo $$ > ${file}; exec sleep 60`, { signal: caller.signal });
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'it runs');
    caller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await until(() => !isAlive(Number(readFileSync(file, 'utf8'))), 'it is gone');
    await expect(sh('true', { signal: caller.signal })).rejects.toThrow('enough');
  });
});
