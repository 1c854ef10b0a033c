import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost } from '../helpers/host.js';
import { leftovers } from '../helpers/leftovers.js';
import { places } from '../helpers/refused.js';
import { scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';

/** A host with a plugin whose files can not be moved: a file is where those would be moved to. */
async function stuck() {
  const at = places();
  const plugin = scriptedPlugin();
  const host = await startHost(at);
  await host.plugins.install(plugin.dir);
  const staging = join(at.dir, 'plugins/.staging');
  rmSync(staging, { recursive: true });
  writeFileSync(staging, '');
  const { name } = plugin;
  await expect(host.plugins.remove(name)).rejects.toMatchObject({
    code: 'ERR_DATA_FOLDER',
    message: expect.stringMatching(`plugin ${name} was not removed: .*EEXIST.*remove it again`),
  });
  return { at, plugin, name, host, home: join(at.dir, 'plugins/portables', name), mend: () => rmSync(staging) };
}

describe('a plugin whose files can not be removed', () => {
  it('is listed with the reason, and can be removed later', async () => {
    const { at, name, host, home, mend } = await stuck();
    expect([host.plugins.has(name), existsSync(home)]).toEqual([false, true]);
    expect(host.plugins.broken()).toMatchObject([{ dir: home, error: { code: 'ERR_DATA_FOLDER' } }]);
    await expect(host.plugins.start(name)).rejects.toMatchObject({ code: 'ERR_DATA_FOLDER' });
    await expect(host.plugins.remove(name)).rejects.toMatchObject({ code: 'ERR_DATA_FOLDER' });
    mend();
    await host.plugins.remove(name);
    expect(host.plugins.broken()).toEqual([]);
    expect(leftovers(at, [name])).toEqual([]);
  });

  it('can be updated, and serves again', async () => {
    const { plugin, name, host, mend } = await stuck();
    mend();
    expect(await host.plugins.update(name, versionNaming(plugin, 'v2.0.0').dir)).toMatchObject({ to: 'v2.0.0' });
    expect(await host.function(plugin.symbol('echo')).exec(7)).toBe(7);
    expect(host.plugins.broken()).toEqual([]);
  });

  it('serves again after a restart', async () => {
    const { at, plugin, host, mend } = await stuck();
    mend();
    await host.stop();
    const again = await startHost(at);
    expect(await again.function(plugin.symbol('echo')).exec(7)).toBe(7);
  });
});

/** Of the machine: no folder of a spec is on it. */
const OTHER_DISK = '/dev/shm/rxt-';

describe('plugins on another file system than the rest of the data folder', () => {
  it('serve, and can neither be installed, updated nor removed, which is said', async () => {
    const at = places();
    const [plugin, other] = [scriptedPlugin(), scriptedPlugin()];
    const { name } = plugin;
    const disk = await mkdtemp(OTHER_DISK);
    try {
      await cp(plugin.dir, join(disk, name), { recursive: true });
      mkdirSync(join(at.dir, 'plugins'), { recursive: true });
      await symlink(disk, join(at.dir, 'plugins/portables'));
      const host = await startHost(at);
      const refused = { code: 'ERR_DATA_FOLDER', message: expect.stringContaining('another file system') };
      await expect(host.plugins.install(other.dir)).rejects.toMatchObject(refused);
      await expect(host.plugins.update(name, versionNaming(plugin, 'v2.0.0').dir)).rejects.toMatchObject(refused);
      expect(host.plugins.list()).toMatchObject([{ name, manifest: { version: 'v1.0.0' } }]);
      expect(await host.function(plugin.symbol('echo')).exec(7)).toBe(7);
      await expect(host.plugins.remove(name)).rejects.toMatchObject(refused);
      expect(host.plugins.broken()).toMatchObject([{ error: refused }]);
      await host.stop();
      expect(readdirSync(disk)).toEqual([name]);
    } finally {
      await rm(disk, { recursive: true });
    }
  });
});
