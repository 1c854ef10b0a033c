import { beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import type { Ended, RunCommand } from '../../lib/install/command.js';
import { commandRunner } from '../../lib/process/run-command.js';
import { findSetpriv } from '../../lib/process/setpriv.js';
import type { Life } from '../../lib/process/spawn.js';
import { SpawnRecords } from '../../lib/process/spawn-records.js';
import { isAlive } from '../helpers/alive.js';
import { HandClock } from '../helpers/hand-clock.js';
import { silent } from '../helpers/host.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

let dir: string;
let run: RunCommand;
beforeEach(() => {
  dir = tempFolder();
  const records = new SpawnRecords(dir, { clock: systemClock, log: silent });
  const env = (): Readonly<Record<string, string>> => ({
    PATH: process.env['PATH'] ?? '',
    RXPORT_TEST_RUN: process.env['RXPORT_TEST_RUN'] ?? '',
    GREETING: 'hello',
  });
  run = commandRunner({ records, clock: systemClock, setpriv: findSetpriv(), env });
});

const shell = (script: string, limits: { timeout?: number; signal?: AbortSignal } = {}): Promise<Ended> =>
  run({ name: 'thermo', file: '/bin/sh', args: ['-c', script], cwd: dir }, { timeout: 10_000, ...limits });

const pidIn = async (file: string): Promise<number> => {
  await until(() => existsSync(join(dir, file)) && readFileSync(join(dir, file), 'utf8').endsWith('\n'));
  return Number(readFileSync(join(dir, file), 'utf8'));
};

describe('a command that is run to its end', () => {
  it('tells its exit code and the last lines of its output, without terminal sequences', async () => {
    expect(await shell(`printf '\\033[31mred\\033[0m\\n'; echo bad >&2; exit 3`)).toEqual({
      end: 'exited',
      code: 3,
      signal: null,
      output: expect.arrayContaining(['red', 'bad']),
    });
    const { output } = await shell('for i in $(seq 1000); do echo $i; done');
    expect(output).toHaveLength(20);
    expect(output.at(-1)).toBe('1000');
  });

  it('has its folder, the environment that is given, and files of its own user only', async () => {
    const { output } = await shell('pwd; echo "$GREETING$HOME"; umask');
    expect(output).toEqual([dir, 'hello', '0077']);
  });

  it('tells the signal that ended it', async () => {
    expect(await shell('kill -TERM $$')).toMatchObject({ end: 'exited', code: null, signal: 'SIGTERM' });
  });

  it('tells that it can not be executed', async () => {
    const missing = await run({ name: 'thermo', file: '/no/such/file', args: [], cwd: dir }, { timeout: 5_000 });
    expect(findSetpriv() === undefined ? missing.end : missing.code).toBe(
      findSetpriv() === undefined ? 'unspawned' : 127,
    );
    const nowhere = await run({ name: 'thermo', file: '/bin/sh', args: [], cwd: '/no/such' }, { timeout: 5_000 });
    expect(nowhere).toMatchObject({ end: 'unspawned', cause: { code: 'ENOENT' } });
  });

  it('is killed with its group when its time is up, although it ignores SIGTERM', async () => {
    const started = shell(`trap '' TERM; sleep 60 & echo $! > child; wait`, { timeout: 2_000 });
    const child = await pidIn('child');
    expect(await started).toMatchObject({ end: 'late', code: null, signal: 'SIGKILL' });
    expect(isAlive(child)).toBe(false);
  });

  it('takes what it has left behind along when it ends', async () => {
    expect(await shell('sleep 60 > /dev/null 2>&1 & echo $! > child')).toMatchObject({ end: 'exited', code: 0 });
    expect(isAlive(await pidIn('child'))).toBe(false);
  });

  it('is not waited for when somebody who has left its group holds its output', async () => {
    const before = Date.now();
    expect(await shell('setsid sleep 60 & echo $! > child')).toMatchObject({ end: 'exited', code: 0 });
    expect(Date.now() - before).toBeLessThan(5_000);
    const child = await pidIn('child');
    await until(() => !isAlive(child));
  });

  it('is killed when its signal aborts, and does not start after that', async () => {
    const controller = new AbortController();
    const started = shell('echo $$ > own; sleep 60', { signal: controller.signal });
    const refused = expect(started).rejects.toThrow('enough');
    const own = await pidIn('own');
    controller.abort(new Error('enough'));
    await refused;
    expect(isAlive(own)).toBe(false);
    await expect(shell('touch again', { signal: controller.signal })).rejects.toThrow('enough');
    expect(existsSync(join(dir, 'again'))).toBe(false);
  });

  it('has a record for the next host as long as it runs', async () => {
    const controller = new AbortController();
    const started = shell('echo $$ > own; sleep 60', { signal: controller.signal });
    const refused = expect(started).rejects.toThrow();
    const own = await pidIn('own');
    const [record = ''] = readdirSync(join(dir, 'run'));
    expect(JSON.parse(readFileSync(join(dir, 'run', record), 'utf8'))).toMatchObject({ name: 'thermo', pid: own });
    controller.abort();
    await refused;
    await until(() => readdirSync(join(dir, 'run')).length === 0);
  });
});

describe('a command that can not be killed', () => {
  const hanging = (clock: HandClock): { readonly run: RunCommand; readonly life: Subject<Life> } => {
    const life = new Subject<Life>();
    const records = { spawn: () => life };
    return { life, run: commandRunner({ records, clock, setpriv: undefined, env: () => ({}) }) };
  };
  const command = { name: 'thermo', file: 'pip', args: [], cwd: '/' };
  /** No process has this id. */
  const spawned: Life = { type: 'spawned', pid: 2 ** 22 + 1 };

  it('is not waited for longer than ten seconds after its time is up', async () => {
    const clock = new HandClock();
    const { run, life } = hanging(clock);
    let ended: Ended | undefined;
    const running = run(command, { timeout: 1_000 }).then((end) => (ended = end));
    life.next(spawned);
    life.next({ type: 'line', stream: 'stderr', text: 'reading' });
    clock.advance(10_999);
    await Promise.resolve();
    expect(ended).toBeUndefined();
    clock.advance(1);
    await running;
    expect(ended).toEqual({ end: 'late', code: null, signal: null, output: ['reading'] });
    expect(life.observed).toBe(false);
  });

  it('nor after its signal has aborted', async () => {
    const clock = new HandClock();
    const { run, life } = hanging(clock);
    const controller = new AbortController();
    const refused = expect(run(command, { timeout: 60_000, signal: controller.signal })).rejects.toThrow('enough');
    life.next(spawned);
    controller.abort(new Error('enough'));
    clock.advance(10_000);
    await refused;
  });
});
