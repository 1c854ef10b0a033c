import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn as spawnChild } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { bootId, statOf } from '../../lib/process/proc.js';
import type { Life } from '../../lib/process/spawn.js';
import { SPAWN_TOKEN, type SpawnRecord } from '../../lib/process/spawn-record.js';
import { SpawnRecords } from '../../lib/process/spawn-records.js';
import { isAlive } from '../helpers/alive.js';
import { collectedLog } from '../helpers/collected-log.js';
import { processesOf } from '../helpers/leftovers.js';
import { bundleProgram, startBundle } from '../helpers/program.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const env = { PATH: process.env['PATH'] ?? '', RXPORT_TEST_RUN: process.env['RXPORT_TEST_RUN'] ?? '' };
const plugin = { name: 'p', executable: '/bin/sh' };

function folder(proc?: string) {
  const dir = tempFolder();
  const { log, warnings } = collectedLog();
  const records = new SpawnRecords(dir, { clock: systemClock, log, proc });
  const files = (): readonly string[] => (existsSync(join(dir, 'run')) ? readdirSync(join(dir, 'run')) : []);
  return {
    dir,
    records,
    warnings,
    files,
    record: (): SpawnRecord => JSON.parse(readFileSync(join(dir, 'run', files()[0] ?? ''), 'utf8')) as SpawnRecord,
    sh: (script: string) =>
      records.spawn({ file: '/bin/sh', args: ['-c', script], cwd: dir }, { env, clock: systemClock }, plugin),
    write: (file: string, content: string) => {
      mkdirSync(join(dir, 'run'), { recursive: true });
      writeFileSync(join(dir, 'run', file), content);
    },
  };
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that no host has started, with its own group. */
function stranger(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const child = spawnChild('/bin/sh', ['-c', ...args], { detached: true, stdio: 'ignore', env: { ...env, ...more } });
  children.push(child);
  return child.pid ?? 0;
}

const recordOf = (pid: number, more: Partial<SpawnRecord> = {}): SpawnRecord => ({
  name: 'p',
  pid,
  bootId: bootId() ?? '',
  startTime: statOf(pid)?.startTime ?? '',
  executable: '/bin/sh',
  token: 'nobody-has-it',
  ...more,
});

const numberIn = (dir: string, file: string): Promise<number> =>
  until(() => (existsSync(join(dir, file)) && Number(readFileSync(join(dir, file), 'utf8'))) || undefined);

const describeOnLinux = existsSync('/proc/self/environ') ? describe : describe.skip;
describeOnLinux('the record of a process', () => {
  it('is there as soon as the process is, is this user’s alone, and names it', async () => {
    const { dir, files, record, sh } = folder();
    const life: Life[] = [];
    const subscription = sh('sleep 60').subscribe((one) => life.push(one));
    expect(files()).toHaveLength(1);
    expect(life).toEqual([]);
    expect(statSync(join(dir, 'run')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'run', files()[0] ?? '')).mode & 0o777).toBe(0o600);
    const { pid } = record();
    expect(record()).toEqual(recordOf(pid, { token: record().token }));
    await until(() => life.length > 0);
    expect(life).toEqual([{ type: 'spawned', pid }]);
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    expect(environment).toContain(`${SPAWN_TOKEN}=${record().token}`);
    subscription.unsubscribe();
    await until(() => files().length === 0);
    expect(isAlive(pid)).toBe(false);
  });

  it('has another token for each process', async () => {
    const { files, records, sh } = folder();
    const stream = sh('echo $RXPORT_SPAWN; sleep 60');
    const tokens: string[] = [];
    const two = [1, 2].map(() => stream.subscribe((one) => one.type === 'line' && tokens.push(one.text)));
    await until(() => tokens.length === 2);
    expect(files().map((file) => file.split('.')[1])).toEqual(expect.arrayContaining(tokens));
    expect(new Set(tokens).size).toBe(2);
    for (const subscription of two) subscription.unsubscribe();
    await records.settled();
    expect(files()).toEqual([]);
  });

  it('stays as long as its group', async () => {
    const { dir, files, record, records, sh } = folder();
    sh('sleep 60 & echo $! > child; exit 0').subscribe();
    const child = await numberIn(dir, 'child');
    const { pid } = record();
    await until(() => !isAlive(pid));
    expect(files()).toHaveLength(1);
    process.kill(child, 'SIGKILL');
    await records.settled();
    expect(files()).toEqual([]);
  });

  it('goes with what has left the group', async () => {
    const { dir, files, records, sh, warnings } = folder();
    const subscription = sh('setsid sleep 60 >/dev/null 2>&1 & echo $! > child; wait').subscribe();
    const child = await numberIn(dir, 'child');
    // Its own program by then, which it is after it has left.
    await until(() => readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith('sleep'));
    expect(statOf(child)?.pgrp).toBe(child);
    subscription.unsubscribe();
    await records.settled();
    expect(isAlive(child)).toBe(false);
    expect(files()).toEqual([]);
    expect(warnings).toEqual([`process ${child} of plugin p was left behind, killed it: sleep 60`]);
  });

  it('is done without where it can not be written', async () => {
    const { dir, records, sh, warnings } = folder();
    writeFileSync(join(dir, 'run'), 'a file');
    const life: Life[] = [];
    await new Promise<void>((resolve) => sh('exit 3').subscribe({ next: (one) => life.push(one), complete: resolve }));
    expect(life.at(-1)).toEqual({ type: 'exited', code: 3, signal: null });
    await records.settled();
    expect(warnings).toEqual([expect.stringMatching(/^plugin p runs without a record: EEXIST/)]);
  });
});

describeOnLinux('a host that is killed around a spawn', () => {
  it('leaves nothing that the next one does not end, whichever of its writes was the last', async () => {
    const program = await bundleProgram('recorder', { whole: true });
    const cutBefore = async (step: number): Promise<string | undefined> => {
      const { dir, files, records } = folder();
      const { signal, stdout, stderr } = await startBundle(program, dir, String(step)).ended;
      expect([signal, stderr]).toEqual(['SIGKILL', '']);
      await records.reap();
      expect(processesOf(dir, [dir])).toEqual([]);
      expect(files()).toEqual([]);
      return stdout[0];
    };
    const writes = Number(await cutBefore(0));
    expect(writes).toBeGreaterThan(1);
    for (let step = 1; step <= writes; step += 1) await cutBefore(step);
  });
});

describeOnLinux('reaping', () => {
  it('kills who carries a recorded token, wherever it went, and says so', async () => {
    const { dir, files, records, warnings, write } = folder();
    const program = `sleep 60 & echo $! > ${dir}/child; wait`;
    const pid = stranger([program], { [SPAWN_TOKEN]: 'mine' });
    const child = await numberIn(dir, 'child');
    const record = recordOf(pid, { pid: 2 ** 22 + 1, token: 'mine' });
    write('one.json', JSON.stringify(record));
    await records.reap();
    expect([isAlive(pid), isAlive(child)]).toEqual([false, false]);
    expect(files()).toEqual([]);
    expect(warnings).toContain(`process ${pid} of plugin p was left behind, killed it: /bin/sh -c ${program}`);
    expect(warnings).toHaveLength(2);
  });

  it('kills a recorded leader that hides its environment, and its group', async () => {
    const { dir, files, records, write } = folder();
    const program = `sleep 60 & echo $! > ${dir}/child; wait`;
    const pid = stranger(['exec env -i /bin/sh -c "$0"', program]);
    const child = await numberIn(dir, 'child');
    write('one.json', JSON.stringify(recordOf(pid)));
    await records.reap();
    expect([isAlive(pid), isAlive(child)]).toEqual([false, false]);
    expect(files()).toEqual([]);
  });

  it.each<[string, Partial<SpawnRecord>]>([
    ['has another start time', { startTime: '1' }],
    ['runs another program', { executable: '/plugins/p/main' }],
    ['was started in another life of the machine', { bootId: 'another' }],
  ])('leaves an innocent alone that has a recorded id and %s', async (_, forged) => {
    const { files, records, warnings, write } = folder();
    const pid = stranger(['sleep 60 & wait']);
    write('one.json', JSON.stringify(recordOf(pid, forged)));
    await records.reap();
    expect(isAlive(pid)).toBe(true);
    expect(files()).toEqual([]);
    expect(warnings).toEqual([]);
    process.kill(-pid, 'SIGKILL');
  });

  it('removes what no host has written to the end, and nothing outside', async () => {
    const { dir, files, records, warnings, write } = folder();
    writeFileSync(join(dir, 'precious.json'), '');
    write('half.json', '{"name":"p","pid"');
    write('forged.json', JSON.stringify(recordOf(2 ** 22 + 1, { name: '../precious', token: 'json' })));
    mkdirSync(join(dir, 'run/folder'));
    await records.reap();
    expect(files()).toEqual([]);
    expect(existsSync(join(dir, 'precious.json'))).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('kills nobody without /proc, and says so once', async () => {
    const { files, records, warnings, write } = folder(tempFolder());
    const pid = stranger(['sleep 60 & wait'], { [SPAWN_TOKEN]: 'mine' });
    for (const name of ['one', 'two']) write(`${name}.json`, JSON.stringify(recordOf(pid, { name, token: 'mine' })));
    await records.reap();
    expect(isAlive(pid)).toBe(true);
    expect(files()).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/without \/proc .* these run: (one|two) \(process group \d+\), (one|two) \(/),
    ]);
    process.kill(-pid, 'SIGKILL');
  });

  it('has nothing to do in a new folder', async () => {
    const { records, warnings } = folder();
    await records.reap();
    expect(warnings).toEqual([]);
  });
});
