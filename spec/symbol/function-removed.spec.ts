/** The channel of a function that nobody could answer on any more. */
import { expect, it } from '@jest/globals';
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { catchError, concat, defer, NEVER, of, retry } from 'rxjs';
import type { Plugin } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { type ScriptedPlugin, scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** The socket of a function of a plugin. */
function socketOf({ channels }: Plugin, symbol: string): string {
  const { url = '' } = channels.find((channel) => channel.kind === 'function' && channel.symbol === symbol) ?? {};
  return url.replace('ipc://', '');
}

/** A host with a plugin whose function has been used by a rule that has ended. */
async function used() {
  const plugin = scriptedPlugin();
  const symbol = plugin.symbol('echo');
  const host = await startHost();
  const view = await host.plugins.install(plugin.dir);
  const rule = host.rule(unique('r'), ({ call }) => of('a').pipe(call(symbol, (value) => [value])));
  expect((await rule.done).phase).toBe('completed');
  const socket = socketOf(view, symbol);
  return { host, plugin, view, symbol, socket };
}

/** Another version of it, in a folder of its own. */
function withoutEcho({ dir, name, symbol }: ScriptedPlugin): string {
  const next = join(tempFolder(), name);
  cpSync(dir, next, { recursive: true });
  const path = join(next, `${name}.json`);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { functions: readonly string[] };
  const functions = manifest.functions.filter((one) => one !== symbol('echo'));
  writeFileSync(path, JSON.stringify({ ...manifest, version: 'v2', functions }));
  return next;
}

/** Another plugin with that function alone. */
function heirOf({ dir, name }: ScriptedPlugin, symbol: string): string {
  const heir = unique('heir');
  const next = join(tempFolder(), heir);
  cpSync(dir, next, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(dir, `${name}.json`), 'utf8')) as object;
  rmSync(join(next, `${name}.json`));
  const fixture = JSON.parse(readFileSync(join(dir, 'fixture.json'), 'utf8')) as object;
  writeFileSync(join(next, 'fixture.json'), JSON.stringify({ ...fixture, name: heir }));
  const own = { ...manifest, sources: [], sinks: [], functions: [symbol] };
  writeFileSync(join(next, `${heir}.json`), JSON.stringify(own));
  return next;
}

it('keeps its channel when its rules end', async () => {
  const { host, view, symbol, socket } = await used();
  expect(view.usedBy).toEqual([]);
  expect(basename(socket)).toBe(`func_${symbol}.ipc`);
  expect(existsSync(socket)).toBe(true);
  expect(await host.function(symbol).exec('b')).toBe('b');
  expect(socketOf(view, symbol)).toBe(socket);
});

it('closes its channel when its plugin is removed, a call says so, and is made once it is there again', async () => {
  const { host, plugin, symbol, socket } = await used();
  const { exec } = host.function(symbol);
  expect(await exec('b')).toBe('b');
  expect(existsSync(socket)).toBe(true);
  await host.plugins.remove(plugin.name);
  expect(existsSync(socket)).toBe(false);
  await expect(exec('c')).rejects.toMatchObject({ code: 'ERR_SYMBOL_UNKNOWN' });
  expect(() => host.function(symbol)).toThrow(expect.objectContaining({ code: 'ERR_SYMBOL_UNKNOWN' }));
  await host.plugins.install(plugin.dir);
  expect(await Promise.all([exec('d'), exec('e'), host.function(symbol).exec('f')])).toEqual(['d', 'e', 'f']);
  await host.plugins.remove(plugin.name);
  expect(existsSync(socket)).toBe(false);
});

it('is not opened again by a call once its host has been stopped, or is about to be', async () => {
  const { host, plugin, symbol, socket } = await used();
  const { exec } = host.function(symbol);
  const unused = host.function(plugin.symbol('add'));
  const codes: unknown[] = [];
  const call = (): Promise<unknown> => exec('c').catch(({ code }: { readonly code: string }) => codes.push(code));
  const stopped = host.stop();
  // Rules that end may need it until they have.
  while (codes.length < 10) await call();
  await stopped;
  expect(codes.at(-1)).toBe('ERR_HOST_STOPPED');
  for (const late of [exec('c'), unused.exec(1, 2)])
    await expect(late).rejects.toMatchObject({ code: 'ERR_HOST_STOPPED' });
  expect(() => host.function(symbol)).toThrow(expect.objectContaining({ code: 'ERR_HOST_STOPPED' }));
  expect(existsSync(socket)).toBe(false);
});

it('is called again by who kept it when a version without it gives way to one with it', async () => {
  const { host, plugin, symbol } = await used();
  const { exec } = host.function(symbol);
  await host.plugins.update(plugin.name, withoutEcho(plugin));
  await expect(exec('b')).rejects.toMatchObject({ code: 'ERR_SYMBOL_UNKNOWN' });
  await host.plugins.update(plugin.name, plugin.dir);
  expect(await exec('c')).toBe('c');
});

it('closes its channel when an update takes it away, and a call says so', async () => {
  const { host, plugin, view, symbol, socket } = await used();
  const { exec } = host.function(symbol);
  expect(existsSync(socket)).toBe(true);
  await host.plugins.update(plugin.name, withoutEcho(plugin), { force: true });
  expect(view.manifest.functions).not.toContain(symbol);
  expect(existsSync(socket)).toBe(false);
  await expect(exec('c')).rejects.toMatchObject({ code: 'ERR_SYMBOL_UNKNOWN' });
});

it('is no other plugin’s before all processes of the version that had it are gone', async () => {
  const plugin = scriptedPlugin();
  const symbol = plugin.symbol('echo');
  const next = withoutEcho(plugin);
  // Its end takes until SIGKILL.
  appendFileSync(join(plugin.dir, 'main.mjs'), "process.on('SIGTERM', () => undefined);\n");
  const host = await startHost();
  const view = await host.plugins.install(plugin.dir);
  expect(await host.function(symbol).exec('a')).toBe('a');
  const heir = heirOf(plugin, symbol);
  const updated = host.plugins.update(plugin.name, next);
  await until(() => !view.manifest.functions.includes(symbol), 'the new version serves');
  await expect(host.plugins.install(heir)).rejects.toMatchObject({ code: 'ERR_SYMBOL_TAKEN' });
  await updated;
  await host.plugins.install(heir);
  expect(await host.function(symbol).exec('b')).toBe('b');
  const ended = host.rule(unique('r'), ({ call }) => of('c').pipe(call(symbol, (value) => [value])));
  expect((await ended.done).phase).toBe('completed');
});

it('can be called at once by who hears that an update takes it away, and is refused', async () => {
  const { host, plugin, symbol, socket } = await used();
  const { exec } = host.function(symbol);
  let answer: Promise<unknown> | undefined;
  const rule = host.rule(unique('r'), ({ call }) =>
    concat(of('a'), NEVER).pipe(
      call(symbol, (value) => [value]),
      catchError(() => defer(() => (answer = exec('b')))),
    ),
  );
  await until(() => rule.status.phase === 'running');
  await host.plugins.update(plugin.name, withoutEcho(plugin), { force: true });
  await expect(answer).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_(PLUGIN_STOPPED|SYMBOL_REMOVED)$/),
  });
  expect(existsSync(socket)).toBe(false);
});

it('is asked for by a rule that comes back again and again, and the host has its turns', async () => {
  const { host, plugin, symbol } = await used();
  let tries = 0;
  const rule = host.rule(unique('r'), ({ call }) =>
    defer(() => concat(of((tries += 1)), NEVER)).pipe(
      call(symbol, (value) => [value]),
      retry(100_000),
    ),
  );
  await until(() => rule.status.phase === 'running');
  await host.plugins.update(plugin.name, withoutEcho(plugin), { force: true });
  expect(rule.closed).toBe(false);
  expect(tries).toBeGreaterThan(1);
  expect(tries).toBeLessThan(1_000);
  rule.unsubscribe();
  await rule.done;
  expect(rule.ledger()).toMatchObject({ balanced: true });
});
