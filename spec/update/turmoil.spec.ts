import { expect, it } from '@jest/globals';
import { cpSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom, from, take, toArray } from 'rxjs';
import type { Plugin } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { liveRule, pidOf } from '../helpers/live-rule.js';
import { newFile, statusOf } from '../helpers/parts.js';
import { callsTo, scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { versionsOf } from '../helpers/versions.js';

/** The version in `dir`, whose program waits before it shakes hands. */
function late(dir: string, ms: number): string {
  renameSync(join(dir, 'main.mjs'), join(dir, 'real.mjs'));
  writeFileSync(
    join(dir, 'main.mjs'),
    `await new Promise((resolve) => setTimeout(resolve, ${ms}));\nawait import('./real.mjs');\n`,
  );
  return dir;
}

/** The version in `dir`, which dies when it is to start its sink. */
function mortal(dir: string): string {
  const file = join(dir, 'main.mjs');
  const text = readFileSync(file, 'utf8');
  const fatal = text.replace('sinks: { file }', 'sinks: { file: () => process.exit(7) }');
  expect(fatal.length).toBeGreaterThan(text.length);
  writeFileSync(file, fatal);
  return dir;
}

const ready = (plugin: Plugin): Promise<unknown> =>
  firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'ready')));

it('an update goes on when the old version dies meanwhile', async () => {
  const versions = versionsOf('node');
  const { host, rule, plugin, flows } = await liveRule(versions);
  const update = host.plugins.update(versions.name, late(versions.version('v2'), 500));
  process.kill(pidOf(plugin), 'SIGKILL');
  await expect(update).resolves.toMatchObject({ from: 'v1', to: 'v2' });
  await statusOf(rule, 'running');
  await flows();
  expect(rule.ledger().balanced).toBe(true);
});

it('an update is taken back when the new version dies while things move', async () => {
  const versions = versionsOf('node');
  const { host, plugin, statuses, flows, ends } = await liveRule(versions);
  const pid = pidOf(plugin);
  const update = host.plugins.update(versions.name, mortal(versions.version('v2')));
  await expect(update).rejects.toMatchObject({ code: 'ERR_COMMAND_LOST' });
  await flows();
  expect(pidOf(plugin)).toBe(pid);
  expect(statuses.at(-1)).toBe('running');
  await ends();
});

it('a forced update that is taken back gives rules back what it has put out', async () => {
  const versions = versionsOf('node');
  const { host, rule, flows } = await liveRule(versions);
  // Goes on without `echo`, and is what the new version dies of.
  const other = host.rule(unique('r'), ({ source, sink }) =>
    source(versions.source).subscribe(sink(versions.file, { config: { path: newFile() } })),
  );
  await statusOf(other, 'running');
  const next = mortal(versions.version('v2', ['echo']));
  const update = host.plugins.update(versions.name, next, { strategy: 'replace', force: true });
  await expect(update).rejects.toMatchObject({ code: 'ERR_COMMAND_LOST' });
  await statusOf(rule, 'running');
  await flows();
  expect(rule.ledger().balanced).toBe(true);
});

it('the new version is started again when it dies later', async () => {
  const versions = versionsOf('node');
  const { host, rule, plugin, flows } = await liveRule(versions);
  await host.plugins.update(versions.name, versions.version('v2'));
  const pid = pidOf(plugin);
  process.kill(pid, 'SIGKILL');
  await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'backoff')));
  await ready(plugin);
  await statusOf(rule, 'running');
  await flows();
  expect(pidOf(plugin)).not.toBe(pid);
  expect(plugin.manifest.version).toBe('v2');
  // Once for the update, once after the crash.
  const restarts = Object.values(rule.ledger().stages).map((stage) => stage.restarts);
  expect(restarts).toEqual([2, 2, 2]);
});

it('calls in flight are answered by the old version, later ones by the new one', async () => {
  const plugin = scriptedPlugin();
  const host = await startHost();
  const { dir } = await host.plugins.install(plugin.dir);
  const next = join(tempFolder(), plugin.name);
  cpSync(plugin.dir, next, { recursive: true });
  const gate = plugin.symbol('gate');
  const [shut, open] = [join(tempFolder(), 'open'), '/'];
  const answers: string[] = [];
  const rule = host.rule(unique('r'), ({ call }) =>
    from([shut, open, open]).pipe(
      call(
        gate,
        (path) => [path],
        (_, path: string) => void answers.push(path),
        { timeout: 15_000 },
      ),
    ),
  );
  await until(() => callsTo(dir, 'gate').some(({ func }) => func === 'Exec'), 'the first call is out');
  const update = host.plugins.update(plugin.name, next);
  // The old version is at work until it is let go: the new one answers.
  expect(await host.function(gate).exec(open)).toBe(open);
  writeFileSync(shut, '');
  expect((await update).functions).toEqual([{ symbol: gate, drained: 1 }]);
  expect((await rule.done).phase).toBe('completed');
  expect(answers).toEqual([shut, open, open]);
});

it('rules come and go while a plugin is updated', async () => {
  const versions = versionsOf('node');
  const { host, flows, ends } = await liveRule(versions);
  const update = host.plugins.update(versions.name, late(versions.version('v2'), 200));
  let updated = false;
  const done = update.finally(() => (updated = true));
  for (let round = 0; !updated || round < 3; round += 1) {
    const short = host.rule(unique('r'), ({ source }) =>
      source(versions.source, { config: { interval: 1 } }).pipe(take(3), toArray()),
    );
    expect((await short.done).phase).toBe('completed');
  }
  await done;
  await flows();
  await ends();
});

it('a host that starts again finds the new version, in a folder that other programs find as before', async () => {
  const versions = versionsOf('node');
  const { host, dir } = await liveRule(versions);
  await host.plugins.update(versions.name, versions.version('v2'));
  await host.stop();
  const home = join(dir, 'plugins/portables/mirror');
  expect(lstatSync(home).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(join(home, 'mirror.json'), 'utf8'))).toMatchObject({ version: 'v2' });
  const again = await startHost({ dir });
  expect(again.plugins.get('mirror').manifest.version).toBe('v2');
  await ready(again.plugins.get('mirror'));
  await again.plugins.update('mirror', versions.version('v3'));
  await again.plugins.remove('mirror');
  expect(() => lstatSync(home)).toThrow();
});

it('an update of a version that is still coming does not take its handshake for that of the new one', async () => {
  const versions = versionsOf('node');
  const dir = join(tempFolder(), 'data');
  cpSync(late(versions.version('v1'), 300), join(dir, 'plugins/portables/mirror'), { recursive: true });
  const host = await startHost({ dir, handshakeTimeout: 1_500 });
  const plugin = host.plugins.get('mirror');
  const update = host.plugins.update('mirror', late(versions.version('v2'), 60_000));
  await expect(update).rejects.toMatchObject({ code: 'ERR_PLUGIN_HANDSHAKE' });
  expect(plugin.manifest.version).toBe('v1');
  await ready(plugin);
  expect(await host.function(versions.echo).exec('a')).toBe('a');
});

it('an update of a version that comes later than the new one does not take the handshake of that for its own', async () => {
  const versions = versionsOf('node');
  const dir = join(tempFolder(), 'data');
  cpSync(late(versions.version('v1'), 1_000), join(dir, 'plugins/portables/mirror'), { recursive: true });
  const host = await startHost({ dir });
  await host.plugins.update('mirror', versions.version('v2'));
  const plugin = host.plugins.get('mirror');
  const pid = pidOf(plugin);
  expect(await host.function(versions.echo).exec('a')).toBe('a');
  expect(pidOf(plugin)).toBe(pid);
  expect(plugin.state).toMatchObject({ phase: 'ready', attempt: 0 });
});

it('a rule and its host end while the update waits for a version that has to come first, and does not', async () => {
  const versions = versionsOf('node');
  const { host, rule, plugin } = await liveRule(versions, { flushTimeout: 300, killTimeout: 300 });
  const next = late(versions.version('v2'), 60_000);
  const update = host.plugins.update(versions.name, next, { strategy: 'replace' });
  const refused = expect(update).rejects.toMatchObject({ code: 'ERR_HOST_STOPPED' });
  await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'stopped')));
  await rule.stop();
  expect(rule.ledger().balanced).toBe(true);
  await host.stop();
  await refused;
});
