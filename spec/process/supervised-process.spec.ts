import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom, type Observable } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import { type Life, spawn } from '../../lib/process/spawn.js';
import type { ProcessState } from '../../lib/process/state.js';
import { Supervisor, type SupervisorOptions } from '../../lib/process/supervisor.js';
import { isAlive } from '../helpers/alive.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

describe('a supervisor of a real process', () => {
  const processOf = (script: string, options: Partial<SupervisorOptions> = {}) => {
    const cwd = tempFolder();
    const env = { PATH: process.env['PATH'] ?? '', RXPORT_TEST_RUN: process.env['RXPORT_TEST_RUN'] ?? '' };
    const line = { file: '/bin/sh', args: ['-c', script], cwd };
    const start = (): Observable<Life> => spawn(line, { env, clock: systemClock });
    const supervisor = new Supervisor({ name: 'p', command: 'sh', clock: systemClock, spawn: start, ...options });
    return { supervisor, cwd };
  };
  const phase = (supervisor: Supervisor, name: ProcessState['phase']): Promise<ProcessState> =>
    firstValueFrom(supervisor.state$.pipe(filter((state) => state.phase === name)));

  it('kills one that does not shake hands in time, and says what it had printed', async () => {
    const { supervisor } = processOf('echo waiting for the moon >&2; sleep 60', { handshakeTimeout: 1_000 });
    supervisor.start();
    const state = await phase(supervisor, 'backoff');
    expect(state).toMatchObject({
      error: {
        code: 'ERR_PLUGIN_HANDSHAKE',
        message: expect.stringMatching(
          /within 1000 ms \(sh\)\. Last output: waiting for the moon\..*main program "p"\?/,
        ),
      },
    });
    await supervisor.stop();
  });

  it('kills one that does not listen to SIGTERM, after the grace', async () => {
    const { supervisor, cwd } = processOf('trap "" TERM; touch ready; while :; do sleep 0.02; done', { grace: 100 });
    supervisor.start();
    await until(() => existsSync(join(cwd, 'ready')));
    // Not before it has an id, which comes on a later turn of the loop.
    const pid = await until(() => {
      supervisor.handshake();
      return supervisor.state.phase === 'ready' && supervisor.state.pid;
    });
    const before = performance.now();
    await supervisor.stop();
    expect(performance.now() - before).toBeGreaterThan(90);
    expect(isAlive(pid)).toBe(false);
  });

  /** A program that does not execute its child in its own place, and ends at once when it is asked to. */
  const wrapper = (child: string): string => `trap "exit 0" TERM; (${child}) & echo $! > child; wait`;
  /** Its output does not hold the end of the wrapper back. */
  const silent = (child: string): string => wrapper(`exec >/dev/null 2>&1; ${child}`);

  it('waits for the child of a wrapper that works off what it has', async () => {
    const child = 'trap "sleep 0.3; echo done > late; exit 0" TERM; touch ready; while :; do sleep 0.02; done';
    const { supervisor, cwd } = processOf(silent(child));
    supervisor.start();
    await until(() => existsSync(join(cwd, 'ready')));
    await supervisor.stop();
    expect(readFileSync(join(cwd, 'late'), 'utf8')).toBe('done\n');
  });

  it('lets the child of a wrapper print for longer than its output is waited for', async () => {
    const child =
      'trap "sleep 1.3; echo bye || exit 1; echo done > late; exit 0" TERM; touch ready; while :; do sleep 0.02; done';
    const { supervisor, cwd } = processOf(wrapper(child), { grace: 10_000 });
    supervisor.start();
    await until(() => existsSync(join(cwd, 'ready')));
    await supervisor.stop();
    expect(existsSync(join(cwd, 'late'))).toBe(true);
  });

  it('kills the child of a wrapper that does not listen, after the grace', async () => {
    const { supervisor, cwd } = processOf(silent('trap "" TERM; touch ready; while :; do sleep 0.02; done'), {
      grace: 300,
    });
    supervisor.start();
    await until(() => existsSync(join(cwd, 'ready')));
    await until(() => existsSync(join(cwd, 'child')));
    const child = await until(() => Number(readFileSync(join(cwd, 'child'), 'utf8')) || undefined);
    const before = performance.now();
    await supervisor.stop();
    expect(performance.now() - before).toBeGreaterThan(290);
    expect(isAlive(child)).toBe(false);
  });

  it('takes a kill for a crash', async () => {
    const { supervisor, cwd } = processOf('touch ready; sleep 60');
    supervisor.start();
    await until(() => existsSync(join(cwd, 'ready')));
    supervisor.kill();
    expect(await phase(supervisor, 'backoff')).toMatchObject({
      error: { message: expect.stringContaining('SIGKILL') },
    });
    await supervisor.stop();
  });

  it('kills one that has no id yet', async () => {
    const { supervisor } = processOf('sleep 60');
    supervisor.start();
    supervisor.kill();
    expect(await phase(supervisor, 'backoff')).toMatchObject({
      error: { message: expect.stringContaining('SIGKILL') },
    });
    await supervisor.stop();
  });

  it('leaves nothing of its group behind when the leader ends', async () => {
    const { supervisor, cwd } = processOf('sleep 60 & echo $! > child; exit 3');
    supervisor.start();
    await phase(supervisor, 'backoff');
    const child = Number(readFileSync(join(cwd, 'child'), 'utf8'));
    await until(() => !isAlive(child));
    await supervisor.stop();
  });
});
