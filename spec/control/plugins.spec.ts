import { expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, NEVER, of, tap } from 'rxjs';
import type { Host, Rule } from '../../lib/index.js';
import { copyFixture, type Fixture } from '../helpers/fixture.js';
import { startHost } from '../helpers/host.js';
import { leftovers } from '../helpers/leftovers.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const code = (expected: string): object => expect.objectContaining({ code: expected });

/** A host, and a Go plugin that it has installed. */
async function installed() {
  const dir = join(tempFolder(), 'data');
  const host = await startHost({ dir, flushTimeout: 500 });
  const fixture = copyFixture('go');
  const plugin = await host.plugins.install(fixture.dir);
  return { dir, host, fixture, plugin };
}

/** A rule over the source of `fixture`; it has had its first value. */
async function countingRule(host: Host, { symbol }: Fixture) {
  const seen: unknown[] = [];
  const rule = host.rule(unique('r'), ({ source }) => source(symbol('random')).pipe(tap((value) => seen.push(value))), {
    restart: 'never',
  });
  await until(() => seen.length > 0, 'the first value');
  return { rule, seen };
}

const stop = async (rule: Rule): Promise<void> => {
  await rule.stop();
  expect(rule.ledger().balanced).toBe(true);
};

describeWith('go', 'the plugins of a host', () => {
  it('are there from their installation to their removal', async () => {
    const { dir, host, fixture, plugin } = await installed();
    const { name, symbol } = fixture;
    expect(plugin).toMatchObject({ name, dir: join(dir, 'plugins/portables', name), usedBy: [] });
    expect(plugin.manifest).toMatchObject({ language: 'go', sources: [symbol('random')], sinks: [symbol('file')] });
    expect(plugin.state.phase).toBe('ready');
    expect(host.plugins.has(name)).toBe(true);
    expect(host.plugins.get(name)).toMatchObject({ name, dir: plugin.dir });
    expect(host.plugins.list().map((one) => one.name)).toEqual([name]);
    expect(host.plugins.broken()).toEqual([]);

    await host.plugins.remove(name);
    expect(host.plugins.has(name)).toBe(false);
    expect(host.plugins.list()).toEqual([]);
    expect(() => host.plugins.get(name)).toThrow(code('ERR_PLUGIN_UNKNOWN'));
    await expect(host.plugins.remove(name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_UNKNOWN' });
    expect(leftovers({ dir, ipcDir: '/tmp' }, [name])).toEqual([]);
    // The folder that it came from is the user's.
    expect(existsSync(fixture.dir)).toBe(true);
  });

  it('can be installed again after their removal', async () => {
    const { host, fixture } = await installed();
    await host.plugins.remove(fixture.name);
    expect((await host.plugins.install(fixture.dir)).state.phase).toBe('ready');
    expect(await host.function(fixture.symbol('echo')).exec(7)).toBe(7);
  });

  it('are in use as long as a rule has a symbol of theirs', async () => {
    const { host, fixture, plugin } = await installed();
    const { rule } = await countingRule(host, fixture);
    const { symbol } = fixture;
    const calling = host.rule(unique('r'), ({ call }) =>
      concat(of(1), NEVER).pipe(call(symbol('echo'), (value) => [value])),
    );
    await until(() => plugin.usedBy.length === 2, 'both rules');
    expect(plugin.usedBy.slice().sort()).toEqual([rule.id, calling.id].sort());

    const refused = host.plugins.remove(fixture.name);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_PLUGIN_IN_USE' });
    await expect(refused).rejects.toThrow(rule.id);
    expect(plugin.state.phase).toBe('ready');

    await stop(rule);
    await stop(calling);
    expect(plugin.usedBy).toEqual([]);
    await host.plugins.remove(fixture.name);
  });

  it('go all the same when that is forced, and the rule says why it fails', async () => {
    const { dir, host, fixture, plugin } = await installed();
    const { rule, seen } = await countingRule(host, fixture);
    await host.plugins.remove(fixture.name, { force: true });
    expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_PLUGIN_STOPPED' } });
    expect(plugin.state.phase).toBe('stopped');
    expect(rule.ledger().balanced).toBe(true);
    const [counts] = Object.values(rule.ledger().stages);
    expect(counts?.passed).toBe(seen.length);
    expect(leftovers({ dir, ipcDir: '/tmp' }, [fixture.name, rule.id])).toEqual([]);
  });

  it('keep their symbols: another plugin with one of them leaves nothing', async () => {
    const { dir, host, fixture } = await installed();
    const other = copyFixture('go', { suffix: fixture.suffix });
    await expect(host.plugins.install(other.dir)).rejects.toMatchObject({ code: 'ERR_SYMBOL_TAKEN' });
    expect(host.plugins.list().map(({ name }) => name)).toEqual([fixture.name]);
    expect(leftovers({ dir, ipcDir: '/tmp' }, [other.name])).toEqual([]);
    expect(await host.function(fixture.symbol('echo')).exec(7)).toBe(7);
  });

  it('can not be installed twice', async () => {
    const { host, fixture } = await installed();
    await expect(host.plugins.install(fixture.dir)).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXISTS' });
    expect(await host.function(fixture.symbol('echo')).exec(7)).toBe(7);
  });

  it('leave nothing when their installation is aborted', async () => {
    const dir = join(tempFolder(), 'data');
    const host = await startHost({ dir });
    const { dir: from, name } = copyFixture('go');
    const install = host.plugins.install(from, { signal: AbortSignal.abort(new Error('no more')) });
    await expect(install).rejects.toThrow('no more');
    expect(host.plugins.has(name)).toBe(false);
    expect(leftovers({ dir, ipcDir: '/tmp' }, [name])).toEqual([]);
  });

  it('start with the host, and what is broken stops nobody', async () => {
    const { dir, host, fixture } = await installed();
    await host.stop();
    const broken = join(dir, 'plugins/portables/broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'broken.json'), '{');
    const twin = copyFixture('go', { name: `z${unique()}`, suffix: fixture.suffix });
    const taken = join(dir, 'plugins/portables', twin.name);
    cpSync(twin.dir, taken, { recursive: true });

    const again = await startHost({ dir });
    expect(again.plugins.list().map(({ name }) => name)).toEqual([fixture.name]);
    expect(again.plugins.broken()).toEqual([
      { dir: broken, error: code('ERR_MANIFEST_INVALID') },
      { dir: taken, error: code('ERR_SYMBOL_TAKEN'), manifest: expect.objectContaining({ language: 'go' }) },
    ]);
    expect(await again.function(fixture.symbol('echo')).exec(7)).toBe(7);

    // What is broken can be removed like a plugin, and installed again.
    await again.plugins.remove('broken');
    await again.plugins.remove(twin.name);
    expect([existsSync(broken), existsSync(taken), again.plugins.broken()]).toEqual([false, false, []]);
    await expect(again.plugins.remove('broken')).rejects.toMatchObject({ code: 'ERR_PLUGIN_UNKNOWN' });
  });
});
