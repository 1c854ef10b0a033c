import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asapScheduler } from 'rxjs';
import type { Clock } from '../../lib/clock.js';
import { reap } from '../../lib/process/reap.js';
import { SPAWN_TOKEN, type SpawnRecord } from '../../lib/process/spawn-record.js';
import { SpawnRecords } from '../../lib/process/spawn-records.js';
import { collectedLog } from '../helpers/collected-log.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

/** No process has an id as large: signals to it go nowhere. */
const NOBODY = 2 ** 22 + 1;
const record: SpawnRecord = {
  name: 'p',
  pid: NOBODY,
  bootId: 'boot',
  startTime: '9000',
  executable: '/plugins/p/main',
  token: 'token',
};

/** Time that passes as soon as nothing else is to do. */
const hastyClock = (each: () => void): Clock => ({
  now: () => 0,
  schedule: (work, _ms, state) => {
    each();
    return asapScheduler.schedule(work as never, 0, state);
  },
});
const hasty = hastyClock(() => undefined);

const environ = `PATH=/bin\0${SPAWN_TOKEN}=token\0`;
const cmdline = '/plugins/p/main\0{}\0';

/** A /proc that shows one process of the record for ever. */
const procWithOne = (shown = { environ, cmdline }): Promise<string> =>
  writeTree(tempFolder(), {
    'sys/kernel/random/boot_id': 'boot\n',
    [`${NOBODY}/stat`]: `${NOBODY} (a (b) c) D 1 ${NOBODY}${' 0'.repeat(16)} 9000 0 0\n`,
    [`${NOBODY}/environ`]: shown.environ,
    [`${NOBODY}/cmdline`]: shown.cmdline,
  });

describe('reaping what can not be killed', () => {
  it('ends after its time, says so once, and answers the record', async () => {
    const { log, warnings } = collectedLog();
    const other = { ...record, token: 'another', pid: 1 };
    expect(await reap([record, other], { clock: hasty, log, proc: await procWithOne() })).toEqual([record]);
    expect(warnings).toEqual([
      `process ${NOBODY} of plugin p was left behind, killed it: /plugins/p/main {}`,
      `plugin p has left processes behind that can not be killed: ${NOBODY}`,
    ]);
  });

  it('leaves its record for the next host', async () => {
    const dir = tempFolder();
    const path = join(dir, 'run/p.token.json');
    mkdirSync(join(dir, 'run'));
    writeFileSync(path, JSON.stringify(record));
    await new SpawnRecords(dir, { clock: hasty, log: collectedLog().log, proc: await procWithOne() }).reap();
    expect(existsSync(path)).toBe(true);
  });
});

describe('a process without an environment', () => {
  const look = async (proc: string, between: () => void): Promise<{ looks: number; warnings: readonly string[] }> => {
    const { log, warnings } = collectedLog();
    let looks = 1;
    const clock = hastyClock(() => {
      looks++;
      between();
    });
    await reap([record], { clock, log, proc });
    return { looks, warnings };
  };
  const runs = (proc: string): void => symlinkSync('/bin/sleep', join(proc, `${NOBODY}/exe`));

  it('is looked at again while it changes its program, and killed when it proves to be one of ours', async () => {
    const proc = await procWithOne({ environ: '', cmdline: '' });
    runs(proc);
    const { warnings } = await look(proc, () => {
      writeFileSync(join(proc, `${NOBODY}/environ`), environ);
      writeFileSync(join(proc, `${NOBODY}/cmdline`), cmdline);
    });
    expect(warnings[0]).toBe(`process ${NOBODY} of plugin p was left behind, killed it: /plugins/p/main {}`);
  });

  it('is somebody else’s when it has words, or no program at all', async () => {
    const bare = await procWithOne({ environ: '', cmdline: 'sleep\u000060\0' });
    runs(bare);
    expect(await look(bare, () => undefined)).toEqual({ looks: 1, warnings: [] });
    const kernel = await procWithOne({ environ: '', cmdline: '' });
    expect(await look(kernel, () => undefined)).toEqual({ looks: 1, warnings: [] });
  });

  it('is not waited for without end', async () => {
    const proc = await procWithOne({ environ: '', cmdline: '' });
    runs(proc);
    const { looks, warnings } = await look(proc, () => undefined);
    expect(looks).toBeGreaterThan(10);
    expect(warnings).toEqual([]);
  });
});
