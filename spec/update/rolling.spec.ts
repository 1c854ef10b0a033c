import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interval, takeUntil } from 'rxjs';
import { isAlive } from '../helpers/alive.js';
import { stopBalanced } from '../helpers/ledger-watch.js';
import { leftovers } from '../helpers/leftovers.js';
import { versionFolders } from '../helpers/live-rule.js';
import { statusOf } from '../helpers/parts.js';
import { pidsOf, processesLeft, replicated, type Replicated, versionOf } from '../helpers/replicated.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { eachLanguage } from '../helpers/versions.js';

const COUNT = 4;

interface Look {
  readonly ready: number;
  readonly processes: number;
}

/** Looks as often as it can, until `done` has settled. */
async function watch(all: Replicated, done: Promise<unknown>): Promise<readonly Look[]> {
  const looks: Look[] = [];
  let over = false;
  void done.catch(() => undefined).then(() => (over = true));
  while (!over) {
    looks.push({ ready: pidsOf(all.view).length, processes: processesLeft(all).length });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return looks;
}

/** Resolves when calls go to the new version, and old replicas are left. */
const rolls = ({ view }: Replicated, version = 'v2'): Promise<unknown> =>
  until(() => view.manifest.version === version, 'the new version serves');

/** The version in `dir`, of which one process comes, and no other one. */
function lonely(dir: string): string {
  const main = join(dir, 'main.mjs');
  renameSync(main, join(dir, 'real.mjs'));
  const lines = [
    "import { mkdirSync } from 'node:fs';",
    "mkdirSync(new URL('here', import.meta.url));",
    "await import('./real.mjs');",
  ];
  writeFileSync(main, lines.join('\n'));
  return dir;
}

eachLanguage(
  (language) => `the replicas of a ${language} plugin in an update`,
  (language) => {
    it('change one by one, and a full crew answers calls all the time', async () => {
      const all = await replicated(language, COUNT);
      const traffic = all.traffic();
      const before = pidsOf(all.view);
      await traffic.from(before);
      const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
      const looks = watch(all, update);
      await rolls(all);
      // The versions answer beside one another; this one is the last to go.
      await traffic.from([all.view.pid ?? 0, before[COUNT - 1] ?? 0]);
      await expect(update).resolves.toMatchObject({ to: 'v2', strategy: 'overlap' });
      expect(before.filter(isAlive)).toEqual([]);
      const after = await all.ready(COUNT);
      await traffic.from(after);
      expect(await traffic.ends()).toEqual([]);
      const seen = await looks;
      expect(Math.min(...seen.map(({ ready }) => ready))).toBeGreaterThanOrEqual(COUNT - 1);
      expect(Math.max(...seen.map(({ processes }) => processes))).toBeLessThanOrEqual(COUNT + 1);
      expect(processesLeft(all)).toHaveLength(COUNT);
      // The second time its home is a link.
      await all.host.plugins.update(all.name, versionOf(all, 'v3'));
      expect(after.filter(isAlive)).toEqual([]);
    });
  },
);

describe('a rolling update', () => {
  it('goes on when an old replica dies and when a new one does', async () => {
    const all = await replicated('node', COUNT);
    const traffic = all.traffic();
    const before = pidsOf(all.view);
    await traffic.from(before);
    const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
    const looks = watch(all, update);
    await rolls(all);
    process.kill(before[COUNT - 1] ?? 0, 'SIGKILL');
    const first = pidsOf(all.view)[0];
    const next = await until(() => pidsOf(all.view).find((pid) => pid !== first && !before.includes(pid)), 'a new one');
    process.kill(next, 'SIGKILL');
    await update;
    expect(before.filter(isAlive)).toEqual([]);
    await traffic.from(await all.ready(COUNT));
    expect(await traffic.ends()).toEqual([]);
    expect(Math.max(...(await looks).map(({ processes }) => processes))).toBeLessThanOrEqual(COUNT + 1);
    expect(processesLeft(all)).toHaveLength(COUNT);
  });

  it('goes on when the first process of the new version dies, and the old replicas answer meanwhile', async () => {
    const all = await replicated('node', COUNT);
    const traffic = all.traffic();
    const before = pidsOf(all.view);
    await traffic.from(before);
    const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
    await rolls(all);
    process.kill(pidsOf(all.view)[0] ?? 0, 'SIGKILL');
    await update;
    await traffic.from(await all.ready(COUNT));
    expect(await traffic.ends()).toEqual([]);
    expect(before.filter(isAlive)).toEqual([]);
  });

  it('ends the old replicas when no new ones come, after a while in which they answer', async () => {
    const all = await replicated('node', 3, { handshakeTimeout: 3_000, startTimeout: 2_000 });
    const traffic = all.traffic();
    const before = pidsOf(all.view);
    await traffic.from(before);
    const update = all.host.plugins.update(all.name, lonely(versionOf(all, 'v2')));
    await rolls(all);
    await traffic.from(before.slice(1));
    await expect(update).resolves.toMatchObject({ to: 'v2' });
    expect(before.filter(isAlive)).toEqual([]);
    await traffic.from([all.view.pid ?? 0]);
    expect(await traffic.ends()).toEqual([]);
    expect(all.view.lastErrors.at(-1)?.code).toBe('ERR_PLUGIN_EXITED');
    expect(all.view.replicas.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['ready', 'backoff']));
  });

  it('moves each key once, and keeps the order of its calls, while a rule stops in the midst of it', async () => {
    const all = await replicated('node', COUNT);
    const traffic = all.traffic();
    await traffic.from(pidsOf(all.view));
    const homes = new Map<number, number[]>();
    const order = new Map<number, number[]>();
    const rule = (id: string, takes: (i: number, pid: number) => void) =>
      all.host.rule(unique(id), ({ call, stopping$ }) =>
        interval(1).pipe(
          takeUntil(stopping$),
          call(
            all.pid,
            () => [],
            (i, pid: number) => takes(i, pid),
            { key: (i) => i % 16 },
          ),
        ),
      );
    const stays = rule('stays', (i, pid) => {
      const key = i % 16;
      const known = homes.get(key) ?? [];
      if (known.at(-1) !== pid) homes.set(key, [...known, pid]);
      order.set(key, [...(order.get(key) ?? []), i]);
    });
    const leaves = rule('leaves', () => undefined);
    await Promise.all([statusOf(stays, 'running'), statusOf(leaves, 'running')]);
    await until(() => homes.size === 16, 'all keys');
    const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
    await rolls(all);
    await stopBalanced(leaves);
    await update;
    const after = await all.ready(COUNT);
    await until(() => [...homes.values()].every((pids) => after.includes(pids.at(-1) ?? 0)), 'all keys have moved');
    expect([...homes.values()].map((pids) => pids.length)).toEqual(Array(16).fill(2));
    await stopBalanced(stays);
    for (const calls of order.values()) expect(calls).toEqual(calls.toSorted((a, b) => a - b));
    expect(await traffic.ends()).toEqual([]);
  });

  it('ends with its host, and leaves nothing', async () => {
    const all = await replicated('node', COUNT);
    const rule = all.host.rule(unique('r'), ({ call, stopping$ }) =>
      interval(1).pipe(
        takeUntil(stopping$),
        call(all.pid, () => []),
      ),
    );
    await statusOf(rule, 'running');
    const traffic = all.traffic();
    const before = pidsOf(all.view);
    await traffic.from(before);
    const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
    await rolls(all);
    const ended = traffic.ends();
    await Promise.all([all.host.stop(), ended]);
    await expect(update).resolves.toMatchObject({ to: 'v2' });
    expect(rule.ledger().balanced).toBe(true);
    expect(processesLeft(all)).toEqual([]);
    expect(leftovers({ dir: all.data, ipcDir: '/tmp' }, [all.pid])).toEqual([]);
  });

  it('refuses what else would change the plugin, until it is over', async () => {
    const all = await replicated('node', 3);
    const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
    await rolls(all);
    await expect(all.host.plugins.update(all.name, versionOf(all, 'v3'))).rejects.toMatchObject({
      code: 'ERR_PLUGIN_BUSY',
    });
    await expect(all.host.plugins.remove(all.name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    await update;
    await all.host.plugins.remove(all.name);
    expect(processesLeft(all)).toEqual([]);
  });

  it('lets old replicas read their files to the end', async () => {
    const all = await replicated('node', 3);
    const home = join(all.data, 'plugins/portables', all.name, `${all.name}.json`);
    const versionAtHome = (): unknown =>
      (JSON.parse(readFileSync(home, 'utf8')) as { readonly version: string }).version;
    const was = versionAtHome();
    const before = pidsOf(all.view);
    const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
    await rolls(all);
    while (before.slice(1).some(isAlive)) {
      const found = versionAtHome();
      // What has ended while it was read does not count.
      if (before.slice(1).some(isAlive)) expect(found).toBe(was);
      await new Promise(setImmediate);
    }
    await update;
    expect(versionAtHome()).toBe('v2');
  });

  it('is made the other way round when the new version can not take the home of the plugin', async () => {
    const all = await replicated('node', 3);
    const { version } = all.view.manifest;
    const traffic = all.traffic();
    const before = pidsOf(all.view);
    await traffic.from(before);
    const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
    update.catch(() => undefined);
    await rolls(all);
    const [folder] = versionFolders(all.data);
    // Where it would be noted that it takes the place.
    mkdirSync(join(all.data, 'plugins/.versions', `${folder}.home`));
    await expect(update).rejects.toThrow('EISDIR');
    expect(all.view.manifest.version).toBe(version);
    const after = await all.ready(3);
    await traffic.from(after);
    expect(await traffic.ends()).toEqual([]);
    expect(before.filter(isAlive)).toEqual([]);
  });
});
