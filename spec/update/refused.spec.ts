import { expect, it } from '@jest/globals';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tap } from 'rxjs';
import type { HostOptions, UpdateOptions } from '../../lib/index.js';
import { badPlugin, type Misbehaviour } from '../helpers/bad-plugin.js';
import { startHost } from '../helpers/host.js';
import { type LiveRule, liveRule, pidOf, versionFolders } from '../helpers/live-rule.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { type Versions, versionsOf } from '../helpers/versions.js';

/** The version that serves still does: the same process, the same rule, and nothing of the other one is left. */
async function unharmed({ dir, plugin, statuses, flows, ends }: LiveRule, pid: number): Promise<void> {
  await flows();
  expect(plugin.manifest.version).toBe('v1');
  expect(pidOf(plugin)).toBe(pid);
  expect(statuses).toEqual(['running']);
  expect(versionFolders(dir)).toEqual([]);
  await ends();
}

/** A version whose program is that of a bad plugin. */
const misbehaving = (versions: Versions, misbehaviour: Misbehaviour): string => {
  const dir = versions.version('v2');
  const bad = badPlugin(misbehaviour);
  for (const file of ['main.mjs', 'sp.mjs', 'fixture.json']) cpSync(join(bad.dir, file), join(dir, file));
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name: versions.name }));
  return dir;
};

const without = (dir: string, file: string): string => {
  rmSync(join(dir, file));
  return dir;
};

function broken(): string {
  const zip = join(tempFolder(), 'mirror.zip');
  writeFileSync(zip, 'PK, and then nothing');
  return zip;
}

function renamed(dir: string): string {
  const other = join(dirname(dir), 'other');
  renameSync(dir, other);
  renameSync(join(other, 'mirror.json'), join(other, 'other.json'));
  return other;
}

function withManifest(dir: string, change: object): string {
  const file = join(dir, 'mirror.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
  return dir;
}

/** For those who are waited for in vain; no other one depends on how fast a process starts. */
const LIMITS: Readonly<Record<string, Partial<HostOptions>>> = {
  ERR_PLUGIN_HANDSHAKE: { handshakeTimeout: 3_000 },
  ERR_COMMAND_TIMEOUT: { startTimeout: 2_000 },
};

it.each<[string, string, (versions: Versions) => string]>([
  ['nothing', 'ERR_INSTALL_NOT_FOUND', () => join(tempFolder(), 'nothing.zip')],
  ['a broken zip', 'ERR_ZIP_INVALID', broken],
  ['a folder without a manifest', 'ERR_MANIFEST_MISSING', (versions) => without(versions.version('v2'), 'mirror.json')],
  [
    'a wrong manifest',
    'ERR_MANIFEST_INVALID',
    (versions) => withManifest(versions.version('v2'), { sources: 'random' }),
  ],
  ['no program', 'ERR_PLUGIN_EXECUTABLE', (versions) => without(versions.version('v2'), 'main.mjs')],
  ['another plugin', 'ERR_PLUGIN_MISMATCH', (versions) => renamed(versions.version('v2'))],
  ['a version that lacks a source in use', 'ERR_SYMBOL_IN_USE', (versions) => versions.version('v2', ['source'])],
  ['a version that lacks a function in use', 'ERR_SYMBOL_IN_USE', (versions) => versions.version('v2', ['echo'])],
  ['a version that lacks a sink in use', 'ERR_SYMBOL_IN_USE', (versions) => versions.version('v2', ['file'])],
  ['a program that exits', 'ERR_PLUGIN_EXITED', (versions) => misbehaving(versions, 'exits-at-once')],
  ['a program that exits with 0', 'ERR_PLUGIN_EXITED', (versions) => misbehaving(versions, 'exits-zero')],
  ['a program that says nothing', 'ERR_PLUGIN_HANDSHAKE', (versions) => misbehaving(versions, 'never-shakes-hands')],
  ['a program that answers nothing', 'ERR_COMMAND_TIMEOUT', (versions) => misbehaving(versions, 'answers-never')],
])('an update with %s is refused, and nobody has noticed', async (_, code, next) => {
  const versions = versionsOf('node');
  const live = await liveRule(versions, LIMITS[code] ?? {});
  const pid = pidOf(live.plugin);
  await expect(live.host.plugins.update(versions.name, next(versions))).rejects.toMatchObject({ code });
  await unharmed(live, pid);
});

it('an update of a plugin that is not there is refused', async () => {
  const versions = versionsOf('node');
  const live = await liveRule(versions);
  const pid = pidOf(live.plugin);
  await expect(live.host.plugins.update('miror', versions.version('v2'))).rejects.toMatchObject({
    code: 'ERR_PLUGIN_UNKNOWN',
    message: expect.stringContaining('did you mean "mirror"?'),
  });
  await unharmed(live, pid);
});

it('an update while another one runs is refused, and so is a removal; the first one is made', async () => {
  const versions = versionsOf('node');
  const { host, plugin, flows, ends } = await liveRule(versions);
  const first = host.plugins.update(versions.name, versions.version('v2'));
  const second = host.plugins.update(versions.name, versions.version('v3'));
  await expect(second).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
  await expect(host.plugins.remove(versions.name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
  await first;
  await flows();
  expect(plugin.manifest.version).toBe('v2');
  await ends();
});

it('an update is taken back by its signal, and by the end of the host', async () => {
  const versions = versionsOf('node');
  const live = await liveRule(versions);
  const pid = pidOf(live.plugin);
  const silent = misbehaving(versions, 'never-shakes-hands');
  const aborter = new AbortController();
  const update = live.host.plugins.update(versions.name, silent, { signal: aborter.signal });
  aborter.abort(new Error('enough'));
  await expect(update).rejects.toThrow('enough');
  await unharmed(live, pid);
  const last = live.host.plugins.update(versions.name, misbehaving(versions, 'never-shakes-hands'));
  const refused = expect(last).rejects.toMatchObject({ code: 'ERR_HOST_STOPPED' });
  await live.host.stop();
  await refused;
  expect(versionFolders(live.dir)).toEqual([]);
});

it('an update is made though a function that the main program lacks was called, and refused', async () => {
  const versions = versionsOf('node');
  const { host, plugin, flows, ends } = await liveRule(versions);
  const functions = [...plugin.manifest.functions, 'gone'];
  const listing = (version: string): string => withManifest(versions.version(version), { functions });
  await host.plugins.update(versions.name, listing('v2'));
  const gone = host.function('gone');
  await expect(gone.exec(1)).rejects.toMatchObject({ code: 'ERR_SYMBOL_REFUSED' });
  await host.plugins.update(versions.name, listing('v3'));
  await flows();
  expect(plugin.manifest.version).toBe('v3');
  await expect(gone.exec(1)).rejects.toMatchObject({ code: 'ERR_SYMBOL_REFUSED' });
  await ends();
});

/** A version whose program begins when the returned function is called. */
function waiting(dir: string): () => void {
  const gate = join(tempFolder(), 'gate');
  renameSync(join(dir, 'main.mjs'), join(dir, 'then.mjs'));
  const wait = `while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 5));`;
  const lines = ["import { existsSync } from 'node:fs';", wait, "await import('./then.mjs');"];
  writeFileSync(join(dir, 'main.mjs'), lines.join('\n'), { mode: 0o755 });
  return () => writeFileSync(gate, '');
}

/** A rule that has begun with a source while the process of a version that lacks it was coming. */
async function begunMeanwhile(options: UpdateOptions) {
  const versions = versionsOf('node');
  const dir = join(tempFolder(), 'data');
  const host = await startHost({ dir });
  const plugin = await host.plugins.install(versions.version('v1'));
  const before = pidOf(plugin);
  const next = versions.version('v2', ['source']);
  const comes = waiting(next);
  const update = host.plugins.update(versions.name, next, options);
  // Should the spec fail before it is awaited.
  update.catch(() => undefined);
  await until(() => versionFolders(dir).length === 1, 'the new version is prepared');
  const seen: unknown[] = [];
  const rule = host.rule(unique('r'), ({ source }) =>
    source(versions.source, { config: { interval: 2 } }).pipe(tap((value) => seen.push(value))),
  );
  const flows = async (): Promise<void> => {
    const { length } = seen;
    await until(() => seen.length > length + 5, 'tuples flow');
  };
  await flows();
  comes();
  return { dir, plugin, before, update, rule, flows };
}

it('an update is taken back when a rule has begun meanwhile with what the new version lacks', async () => {
  const { dir, plugin, before, update, rule, flows } = await begunMeanwhile({});
  await expect(update).rejects.toMatchObject({
    code: 'ERR_SYMBOL_IN_USE',
    message: expect.stringMatching(/mirror was not updated, v1 goes on: .*source random \(used by /),
  });
  await flows();
  expect([rule.status.phase, pidOf(plugin), versionFolders(dir)]).toEqual(['running', before, []]);
  await rule.stop();
});

it('a forced one is not, and the rule ends', async () => {
  const { update, rule } = await begunMeanwhile({ force: true });
  await expect(update).resolves.toMatchObject({ to: 'v2' });
  expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_SYMBOL_UNKNOWN' } });
});

it('a forced update ends the rules that use what is gone, and says why', async () => {
  const versions = versionsOf('node');
  const { host, rule } = await liveRule(versions);
  await host.plugins.update(versions.name, versions.version('v2', ['source']), { force: true });
  const status = await rule.done;
  expect(status).toMatchObject({ phase: 'failed', error: { code: 'ERR_SYMBOL_UNKNOWN' } });
  expect(rule.ledger().balanced).toBe(true);
});
