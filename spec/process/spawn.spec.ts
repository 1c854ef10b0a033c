import { describe, expect, it } from '@jest/globals';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Observable, type Subscription } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import { dieWithHost } from '../../lib/process/command-line.js';
import { findSetpriv } from '../../lib/process/setpriv.js';
import { type Life, spawn } from '../../lib/process/spawn.js';
import { writeTree } from '../helpers/tree.js';
import { isAlive } from '../helpers/alive.js';
import { startProgram } from '../helpers/program.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const env = { PATH: process.env['PATH'] ?? '', RXPORT_TEST_RUN: process.env['RXPORT_TEST_RUN'] ?? '' };
const cwd = tempFolder();
const sh = (script: string, grace?: number): Observable<Life> =>
  spawn({ file: '/bin/sh', args: ['-c', script], cwd }, { env, clock: systemClock, grace });

interface Watched {
  readonly life: Life[];
  readonly subscription: Subscription;
  readonly done: Promise<readonly Life[]>;
}

function watch(stream: Observable<Life>): Watched {
  const life: Life[] = [];
  let finish: (life: readonly Life[]) => void;
  const done = new Promise<readonly Life[]>((resolve) => (finish = resolve));
  const subscription = stream.subscribe({ next: (one) => life.push(one), complete: () => finish(life) });
  return { life, subscription, done };
}

const linesOf = (life: readonly Life[]): string[] =>
  life.flatMap((one) => (one.type === 'line' ? [`${one.stream}: ${one.text}`] : []));
const pidOf = async ({ life }: Watched): Promise<number> => {
  const first = await until(() => life.find(({ type }) => type === 'spawned'));
  return first.type === 'spawned' ? first.pid : 0;
};
describe('a process', () => {
  it.each([
    ['its code', 'exit 7', { code: 7, signal: null }],
    ['nothing, as code 0', 'true', { code: 0, signal: null }],
    ['its signal', 'kill -SEGV $$', { code: null, signal: 'SIGSEGV' }],
  ])('ends with %s', async (_, script, end) => {
    const life = await watch(sh(script)).done;
    expect(life).toEqual([
      { type: 'spawned', pid: expect.any(Number) },
      { type: 'exited', ...end },
    ]);
  });

  it('is told as not spawned when its file is not there, may not be executed, or its folder is missing', async () => {
    const root = await writeTree(tempFolder(), { plain: 'text' });
    const options = { env, clock: systemClock };
    for (const line of [
      { file: '/nowhere/main', args: [], cwd },
      { file: join(root, 'plain'), args: [], cwd },
      { file: '/bin/sh', args: [], cwd: '/nowhere' },
      { file: '/bin/sh', args: ['a\0b'], cwd },
    ]) {
      const life = await watch(spawn(line, options)).done;
      expect(life).toEqual([{ type: 'unspawned', cause: expect.objectContaining({ message: expect.any(String) }) }]);
    }
  });

  it('is a new one for each subscription', async () => {
    const stream = sh('echo $$');
    const [one, two] = await Promise.all([watch(stream).done, watch(stream).done]);
    expect(linesOf(one)).not.toEqual(linesOf(two));
  });

  it('has the environment, the folder and the arguments that it is given, and no input', async () => {
    const stream = spawn(
      { file: '/bin/sh', args: ['-c', 'echo "$OWN $HOME $1"; pwd; cat', 'sh', 'a b $X'], cwd },
      { env: { ...env, OWN: 'own' }, clock: systemClock },
    );
    expect(linesOf(await watch(stream).done)).toEqual(['stdout: own  a b $X', `stdout: ${cwd}`]);
  });

  it('makes files that are its user’s alone', async () => {
    await watch(sh('touch made; mkdir folder')).done;
    expect(statSync(join(cwd, 'made')).mode & 0o777).toBe(0o600);
    expect(statSync(join(cwd, 'folder')).mode & 0o777).toBe(0o700);
    expect(process.umask()).not.toBe(0o077);
  });
});

describe('the output of a process', () => {
  it('is read to the end before its end is told', async () => {
    const life = await watch(sh('seq 1 9000; echo last >&2; printf unfinished; exit 3')).done;
    const lines = linesOf(life);
    expect(lines.filter((line) => line.startsWith('stdout: '))).toHaveLength(9_001);
    expect(lines).toContain('stderr: last');
    expect(lines).toContain('stdout: unfinished');
    expect(life.at(-1)).toEqual({ type: 'exited', code: 3, signal: null });
  });

  it('beyond what anybody reads is its begin and its end, and how much is between', async () => {
    const lines = linesOf(await watch(sh('seq 1 200000; printf unfinished; exit 3')).done);
    const told = /^stderr: \[WARN\] (\d+) bytes of stdout are left out here/;
    const gaps = lines.flatMap((line) => told.exec(line)?.[1] ?? []).map(Number);
    expect([lines[0], lines[9_999]]).toEqual(['stdout: 1', 'stdout: 10000']);
    expect(lines.length - lines.findLastIndex((line) => told.test(line))).toBeGreaterThan(50);
    expect(lines.slice(-2)).toEqual(['stdout: 200000', 'stdout: unfinished']);
    const taken = lines.filter((line) => !told.test(line)).map((line) => line.slice('stdout: '.length));
    const all = [...Array.from({ length: 200_000 }, (_, i) => String(i + 1)), 'unfinished'];
    const bytes = (of: readonly string[]): number => of.reduce((sum, line) => sum + line.length + 1, 0);
    const sum = bytes(taken) + gaps.reduce((sum, gap) => sum + gap);
    // The line before a gap ends there.
    expect(sum - bytes(all)).toBeLessThanOrEqual(gaps.length);
    expect(sum).toBeGreaterThanOrEqual(bytes(all));
  });

  it('does not hold its end back when a grandchild has it for ever', async () => {
    const watched = watch(sh('sleep 60 & echo $!; printf half; exit 0'));
    const pid = await pidOf(watched);
    await until(() => watched.life.at(-1)?.type === 'exited');
    expect(linesOf(watched.life)).toEqual([expect.stringMatching(/stdout: \d+/), 'stdout: half']);
    process.kill(-pid, 'SIGKILL');
  });
});

describe('unsubscribing a process', () => {
  it('asks its whole group to end', async () => {
    const watched = watch(sh('trap "echo bye; exit 5" TERM; sleep 60 & echo $!; wait'));
    const grandchild = Number((await until(() => linesOf(watched.life)[0])).slice('stdout: '.length));
    const pid = await pidOf(watched);
    expect([isAlive(pid), isAlive(grandchild)]).toEqual([true, true]);
    watched.subscription.unsubscribe();
    await until(() => !isAlive(pid) && !isAlive(grandchild));
    // Nothing is told any longer.
    expect(watched.life.at(-1)?.type).toBe('line');
  });

  it('kills what does not listen, after the grace', async () => {
    const watched = watch(sh('trap "" TERM; echo ready; while :; do sleep 0.05; done', 100));
    await until(() => linesOf(watched.life).length === 1);
    const pid = await pidOf(watched);
    const before = performance.now();
    watched.subscription.unsubscribe();
    await until(() => !isAlive(pid));
    expect(performance.now() - before).toBeGreaterThan(90);
  });

  it('gives the rest of the group the same grace when the leader has gone', async () => {
    const folder = tempFolder();
    const child = `trap "until [ -e ${folder}/go ]; do sleep 0.02; done; echo late; touch ${folder}/late; exit 0" TERM; echo ready; while :; do sleep 0.02; done`;
    const watched = watch(sh(`(${child}) & trap "exit 0" TERM; wait`, 60_000));
    await until(() => linesOf(watched.life).length === 1);
    const pid = await pidOf(watched);
    watched.subscription.unsubscribe();
    await until(() => !isAlive(pid));
    writeFileSync(join(folder, 'go'), '');
    await until(() => existsSync(join(folder, 'late')), 'it has had time');
  });

  it('kills a grandchild that does not listen after the grace, though its parent has gone before', async () => {
    const watched = watch(
      sh('(trap "" TERM; echo ready; while :; do sleep 0.05; done) & echo $!; trap "exit 0" TERM; wait', 200),
    );
    await until(() => linesOf(watched.life).length === 2);
    const line = linesOf(watched.life).find((one) => /\d/.test(one)) ?? '';
    const grandchild = Number(line.slice('stdout: '.length));
    const before = performance.now();
    watched.subscription.unsubscribe();
    await until(() => !isAlive(grandchild));
    expect(performance.now() - before).toBeGreaterThan(190);
  });

  it('kills what the leader left behind while its output is still awaited', async () => {
    const watched = watch(sh('sleep 60 & echo $!'));
    const grandchild = Number((await until(() => linesOf(watched.life)[0])).slice('stdout: '.length));
    const pid = await pidOf(watched);
    await until(() => !isAlive(pid));
    expect(isAlive(grandchild)).toBe(true);
    watched.subscription.unsubscribe();
    await until(() => !isAlive(grandchild));
  });
});

const setpriv = findSetpriv();
(setpriv === undefined ? describe.skip : describe)('a process under setpriv', () => {
  it('has the pid and the end of the program', async () => {
    const line = dieWithHost({ file: '/bin/sh', args: ['-c', 'echo $$; exit 4'], cwd }, setpriv);
    const life = await watch(spawn(line, { env, clock: systemClock })).done;
    const spawned = life[0]?.type === 'spawned' ? life[0].pid : 0;
    expect(linesOf(life)).toEqual([`stdout: ${spawned}`]);
    expect(life.at(-1)).toEqual({ type: 'exited', code: 4, signal: null });
  });

  it('dies with the host, though that is killed', async () => {
    const host = await startProgram('spawner');
    const pid = (await host.line()) as number;
    expect(isAlive(pid)).toBe(true);
    host.child.kill('SIGKILL');
    await host.ended;
    await until(() => !isAlive(pid));
  });
});
