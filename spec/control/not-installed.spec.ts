import { describe, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHost } from '../helpers/host.js';
import { leftovers } from '../helpers/leftovers.js';
import { places } from '../helpers/refused.js';
import { scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';

/** What stands where the host wants to write: a folder in place of its lock file, a file in place of a folder. */
type Obstacle = 'rxport-lock.json' | '.versions';

async function blocked(obstacle: Obstacle, isInstalled: boolean) {
  const at = places();
  const plugin = scriptedPlugin();
  const host = await startHost(at);
  if (isInstalled) await host.plugins.install(plugin.dir);
  const path = join(at.dir, 'plugins', obstacle);
  const mend = (): void => rmSync(path, { recursive: true, force: true });
  mend();
  if (obstacle === '.versions') writeFileSync(path, '');
  else mkdirSync(join(path, 'full'), { recursive: true });
  return { at, plugin, host, mend };
}

const refused = (source: string) => ({
  code: 'ERR_DATA_FOLDER',
  message: expect.stringMatching(`${source}.* was not installed: E.*mend that`),
});

describe('a file system that takes no package', () => {
  it('an installation that can not be written down is refused, leaves nothing, and comes later', async () => {
    const { at, plugin, host, mend } = await blocked('rxport-lock.json', false);
    const { dir, name } = plugin;
    await expect(host.plugins.install(dir)).rejects.toMatchObject(refused(dir));
    expect(leftovers(at, [name])).toEqual([]);
    mend();
    await host.plugins.install(dir);
    expect(await host.function(plugin.symbol('echo')).exec(7)).toBe(7);
  });

  it.each<[string, Obstacle]>([
    ['gets no folder', '.versions'],
    ['can not be written down', 'rxport-lock.json'],
  ])('an update that %s is refused, the version before serves, and it comes later', async (_, obstacle) => {
    const { plugin, host, mend } = await blocked(obstacle, true);
    const { dir } = versionNaming(plugin, 'v2.0.0');
    await expect(host.plugins.update(plugin.name, dir)).rejects.toMatchObject(refused(dir));
    expect(host.plugins.list()).toMatchObject([{ manifest: { version: 'v1.0.0' } }]);
    expect(await host.function(plugin.symbol('echo')).exec(7)).toBe(7);
    mend();
    expect(await host.plugins.update(plugin.name, dir)).toMatchObject({ to: 'v2.0.0' });
    expect(await host.function(plugin.symbol('echo')).exec(7)).toBe(7);
  });
});
