import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../lib/install/fingerprint.js';
import { load } from '../../lib/install/install.js';
import { Integrity, type Verify } from '../../lib/install/integrity.js';
import { collectedLog } from '../helpers/collected-log.js';
import { silent, startHost } from '../helpers/host.js';
import { errorOf, places } from '../helpers/refused.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { makeZip } from '../helpers/zip.js';

type Options = Parameters<typeof startHost>[0];

/** A data folder in which a host has installed a plugin, and stopped. */
async function installed() {
  const { dir } = places();
  const plugin = scriptedPlugin();
  const host = await startHost({ dir });
  await host.plugins.install(plugin.dir);
  await host.stop();
  const home = join(dir, 'plugins/portables', plugin.name);
  // What the fixture itself writes is part of it from here on.
  rmSync(join(home, 'log.ndjson'), { force: true });
  return { ...plugin, data: dir, home, start: (options: Options = {}) => startHost({ dir, ...options }) };
}

describe('what a host says of an installed plugin', () => {
  it('is where it came from, when, and the SHA-256 of its zip', async () => {
    const { dir, name } = scriptedPlugin();
    const zip = join(tempFolder(), `${name}.zip`);
    const entries = readdirSync(dir).map((file) => ({ name: file, data: readFileSync(join(dir, file)) }));
    writeFileSync(zip, makeZip(entries));
    const before = new Date().toISOString();
    const host = await startHost();
    const plugin = await host.plugins.install(zip);
    expect(plugin).toMatchObject({
      source: zip,
      sha256: createHash('sha256').update(readFileSync(zip)).digest('hex'),
      changed: [],
    });
    expect((plugin.installedAt ?? '') >= before && (plugin.installedAt ?? '') <= new Date().toISOString()).toBe(true);
    await host.plugins.update(name, dir);
    expect(plugin).toMatchObject({ source: dir, sha256: undefined, changed: [] });
  });

  it('is the same after a restart', async () => {
    const { name, start, dir } = await installed();
    expect((await start()).plugins.get(name)).toMatchObject({ source: dir, installedAt: expect.any(String) });
  });

  it('is nothing of one that was put there by hand, which loads whatever is in it', async () => {
    const { dir } = places();
    const plugin = scriptedPlugin();
    cpSync(plugin.dir, join(dir, 'plugins/portables', plugin.name), { recursive: true });
    const host = await startHost({ dir, verify: 'enforce' });
    expect(host.plugins.get(plugin.name)).toMatchObject({ source: undefined, installedAt: undefined, changed: [] });
    await until(() => host.plugins.get(plugin.name).state.phase === 'ready');
  });

  it('is gone with it', async () => {
    const { name, data, start } = await installed();
    const host = await start();
    await host.plugins.remove(name);
    expect(JSON.parse(readFileSync(join(data, 'plugins/rxport-lock.json'), 'utf8'))).toMatchObject({ plugins: [] });
  });
});

describe('a plugin whose files are not those that were installed', () => {
  it('starts, and is told of once, by default', async () => {
    const { name, home, start } = await installed();
    appendFileSync(join(home, 'main.mjs'), '// changed\n');
    appendFileSync(join(home, `${name}.json`), '\n');
    writeFileSync(join(home, 'new.txt'), '');
    const { log, warnings } = collectedLog();
    const host = await start({ logger: log });
    const plugin = host.plugins.get(name);
    await until(() => plugin.changed.length > 0 && plugin.state.phase === 'ready');
    expect(plugin.changed).toEqual(['main.mjs', `${name}.json`]);
    const told = warnings.filter((text) => text.includes('is not what was installed'));
    expect(told).toEqual([
      `plugin ${name} is not what was installed (${home}): changed main.mjs, ${name}.json; put that right, or update it`,
    ]);
  });

  it('may have written into its folder', async () => {
    const { name, home, start } = await installed();
    writeFileSync(join(home, 'data.db'), 'x');
    mkdirSync(join(home, '__pycache__'));
    writeFileSync(join(home, '__pycache__/main.pyc'), 'x');
    appendFileSync(join(home, 'fixture.json'), '\n');
    const host = await start();
    const plugin = host.plugins.get(name);
    await until(() => plugin.changed.length > 0);
    expect(plugin.changed).toEqual(['fixture.json']);
  });

  it('is not looked at when verify is off', async () => {
    const { name, home, start } = await installed();
    appendFileSync(join(home, 'main.mjs'), '// changed\n');
    const host = await start({ verify: 'off' });
    await until(() => host.plugins.get(name).state.phase === 'ready');
    expect(host.plugins.get(name).changed).toEqual([]);
  });

  it.each([
    ['changed', (home: string) => appendFileSync(join(home, 'main.mjs'), '// changed\n'), 'changed main.mjs'],
    ['missing', (home: string) => rmSync(join(home, 'fixture.json')), 'missing fixture.json'],
    ['added', (home: string) => writeFileSync(join(home, 'json.py'), ''), 'added json.py'],
  ])('is not started when that is enforced: a file that is %s', async (_, change, text) => {
    const { name, home, start } = await installed();
    change(home);
    const host = await start({ verify: 'enforce' });
    expect(host.plugins.has(name)).toBe(false);
    expect(host.plugins.broken()).toMatchObject([{ dir: home, error: { code: 'ERR_PLUGIN_CHANGED' } }]);
    expect(host.plugins.broken()[0]?.error.message).toContain(text);
  });

  it('is not started again after a crash, either', async () => {
    const { dir } = places();
    const { dir: source, symbol } = scriptedPlugin();
    const host = await startHost({ dir, verify: 'enforce' });
    const plugin = await host.plugins.install(source);
    appendFileSync(join(plugin.dir, 'main.mjs'), '// changed\n');
    const called = errorOf(() => host.function(symbol('exit')).exec(1));
    await until(() => plugin.changed.length > 0);
    expect(plugin.changed).toContain('main.mjs');
    await until(
      () => plugin.state.phase === 'backoff' && plugin.state.error.message.includes('is not what was installed'),
    );
    await host.stop();
    await called;
  });
});

describe('what is known of the hash of a file', () => {
  it.each<[verify: Verify, changed: readonly string[]]>([
    ['warn', []],
    // What is said of it is not true, and nobody is believed here.
    ['enforce', ['main.mjs']],
  ])('is taken where it is told of only: %s', async (verify, changed) => {
    const { dir } = scriptedPlugin();
    const plugin = await load(dir);
    const entry = { version: '', source: '', installedAt: '', files: await fingerprint(dir) };
    const hash = async (path: string): Promise<string> => entry.files.get(path.slice(dir.length + 1)) ?? '';
    const { signal: closing } = new AbortController();
    const integrity = new Integrity({ verify, log: silent, entryOf: () => entry, hash, closing });
    writeFileSync(join(dir, 'main.mjs'), 'two');
    await integrity.tell(plugin);
    await integrity.demand(plugin).catch(() => undefined);
    expect(integrity.changed(plugin)).toEqual(changed);
  });
});

describe('a lock file that can not be read', () => {
  it('is told of, and the plugins load', async () => {
    const { name, data, start } = await installed();
    writeFileSync(join(data, 'plugins/rxport-lock.json'), '{');
    const { log, warnings } = collectedLog();
    const host = await start({ logger: log });
    await until(() => host.plugins.get(name).state.phase === 'ready');
    expect(warnings[0]).toContain('rxport-lock.json');
    expect(host.plugins.get(name).installedAt).toBeUndefined();
  });

  it('stops a host that enforces it', async () => {
    const { data, start } = await installed();
    writeFileSync(join(data, 'plugins/rxport-lock.json'), '{');
    expect(await errorOf(() => start({ verify: 'enforce' }))).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});
