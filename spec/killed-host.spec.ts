import { afterEach, describe, expect, it } from '@jest/globals';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import type { Host } from '../lib/index.js';
import { findSetpriv } from '../lib/process/setpriv.js';
import { isAlive } from './helpers/alive.js';
import { badPlugin, type BadPlugin } from './helpers/bad-plugin.js';
import { collectedLog } from './helpers/collected-log.js';
import { startHost } from './helpers/host.js';
import { processesOf } from './helpers/leftovers.js';
import { type Program, startProgram } from './helpers/program.js';
import { tempFolder } from './helpers/unique.js';
import { until } from './helpers/until.js';
import { wrap } from './helpers/wrapped-plugin.js';

const killed: Program[] = [];

afterEach(async () => {
  for (const { child, ended } of killed.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

/** A host in a process of its own, with plugins in its data folder, all of them ready. */
async function startedHost(plugins: readonly BadPlugin[]) {
  const dir = join(tempFolder(), 'data');
  for (const plugin of plugins) cpSync(plugin.dir, join(dir, 'plugins/portables', plugin.name), { recursive: true });
  const program = await startProgram('host', dir);
  killed.push(program);
  expect(await program.line()).toBe(plugins.length);
  return {
    dir,
    pidsOf: ({ name }: BadPlugin) =>
      processesOf(join(dir, 'plugins'), [name])
        .map((one) => Number(one.split(':')[0]))
        .filter(isAlive),
    kill: async () => {
      program.child.kill('SIGKILL');
      await program.ended;
    },
    records: () => readdirSync(join(dir, 'run')),
  };
}

function withReplicas({ dir, name }: BadPlugin, replicas: number): void {
  const file = join(dir, `${name}.json`);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
  writeFileSync(file, JSON.stringify({ ...manifest, replicas }));
}

const ready = (host: Host): Promise<unknown> =>
  Promise.all(
    host.plugins.list().map(({ state$ }) => firstValueFrom(state$.pipe(filter(({ phase }) => phase === 'ready')))),
  );

const setpriv = findSetpriv();
(setpriv === undefined ? describe.skip : describe)('a host that is killed', () => {
  it('takes its children along; the next one ends what they have left, and works', async () => {
    const direct = badPlugin('ignores-sigterm');
    const wrapped = wrap(badPlugin('ignores-sigterm'));
    const leaving = badPlugin('leaves-group');
    const { dir, kill, pidsOf, records } = await startedHost([direct, wrapped, leaving]);
    await until(() => pidsOf(leaving).length === 2);
    expect([direct, wrapped].map((one) => pidsOf(one).length)).toEqual([1, 2]);
    expect(records()).toHaveLength(3);

    await kill();
    await until(() => pidsOf(direct).length === 0 && pidsOf(wrapped).length === 1 && pidsOf(leaving).length === 1);
    const orphans = [...pidsOf(wrapped), ...pidsOf(leaving)];

    const { log, warnings } = collectedLog();
    const host = await startHost({ dir, logger: log, killTimeout: 300 });
    expect(orphans.filter(isAlive)).toEqual([]);
    const left = warnings.filter((text) => text.includes('left behind'));
    expect(left).toHaveLength(2);
    for (const [index, { name }] of [wrapped, leaving].entries())
      expect(left).toContainEqual(
        expect.stringContaining(`process ${orphans[index]} of plugin ${name} was left behind`),
      );
    await ready(host);
    await until(() => pidsOf(leaving).length === 2);
    expect(records()).toHaveLength(3);

    await host.stop();
    expect([direct, wrapped, leaving].map((one) => pidsOf(one).length)).toEqual([0, 0, 0]);
    expect(records()).toEqual([]);
  });

  it('takes the replicas of a plugin along; the next one ends those below a wrapper', async () => {
    const direct = badPlugin('ignores-sigterm');
    const wrapped = wrap(badPlugin('ignores-sigterm'));
    for (const plugin of [direct, wrapped]) withReplicas(plugin, 3);
    const { dir, kill, pidsOf, records } = await startedHost([direct, wrapped]);
    // A wrapper and what is below it.
    await until(() => pidsOf(direct).length === 3 && pidsOf(wrapped).length === 6 && records().length === 6);
    await kill();
    await until(() => pidsOf(direct).length === 0 && pidsOf(wrapped).length === 3);
    const orphans = pidsOf(wrapped);
    const host = await startHost({ dir, killTimeout: 300 });
    expect(orphans.filter(isAlive)).toEqual([]);
    await host.stop();
    expect([direct, wrapped].map((one) => pidsOf(one).length)).toEqual([0, 0]);
    expect(records()).toEqual([]);
  });

  it('is not taken for dead by a second one on its folder, which ends nothing', async () => {
    const wrapped = wrap(badPlugin('ignores-sigterm'));
    const { dir, kill, pidsOf, records } = await startedHost([wrapped]);
    const pids = pidsOf(wrapped);
    await expect(startHost({ dir })).rejects.toMatchObject({ code: 'ERR_HOST_LOCKED' });
    expect(pidsOf(wrapped)).toEqual(pids);
    expect(records()).toHaveLength(1);
    await kill();
    const host = await startHost({ dir, killTimeout: 300 });
    expect(pids.filter(isAlive)).toEqual([]);
    await host.stop();
  });
});
