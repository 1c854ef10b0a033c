/** A host that puts a broken plugin right is killed before each of its steps on the disk. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../lib/install/fingerprint.js';
import type { Host } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { leftovers, type Places } from '../helpers/leftovers.js';
import { bundleProgram, startBundle } from '../helpers/program.js';
import { places } from '../helpers/refused.js';
import { type ScriptedPlugin, scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

let program: string;
beforeAll(async () => {
  program = await bundleProgram('repair', { whole: true });
});

/** Processes at a time, each a host with a plugin. */
const AT_ONCE = 3;

interface Broken {
  readonly dir: string;
  readonly plugin: ScriptedPlugin;
  /** What a host says of it. */
  readonly code: string;
  readonly verify: 'warn' | 'enforce';
}

/** Put into the folder by hand, without a manifest that can be read. */
function unreadable(): Broken {
  const plugin = scriptedPlugin();
  const { dir } = places();
  const home = join(dir, 'plugins/portables', plugin.name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, `${plugin.name}.json`), '{');
  writeFileSync(join(home, 'mine.txt'), 'mine');
  return { dir, plugin, code: 'ERR_MANIFEST_INVALID', verify: 'warn' };
}

/** Brought by an update, so that its home is a link, and changed since. */
async function changed(): Promise<Broken> {
  const plugin = scriptedPlugin();
  const { dir } = places();
  const host = await startHost({ dir });
  await host.plugins.install(plugin.dir);
  await host.plugins.update(plugin.name, versionNaming(plugin, 'v1.5.0').dir);
  await host.stop();
  appendFileSync(join(dir, 'plugins/portables', plugin.name, 'main.mjs'), '// changed\n');
  return { dir, plugin, code: 'ERR_PLUGIN_CHANGED', verify: 'enforce' };
}

const filesOf = async (dir: string): Promise<unknown> => [...(await fingerprint(dir))].sort();

describe('a host that is killed while it puts a plugin right', () => {
  /** What the next host finds: `broken`, as it was, or `right`; fails when anything of it is not whole. */
  async function found(at: Places, before: Broken, host: Host): Promise<'broken' | 'right'> {
    const { plugin, code, dir } = before;
    const home = join(at.dir, 'plugins/portables', plugin.name);
    const kept = join(at.dir, 'plugins/.versions');
    const versions = existsSync(kept) ? readdirSync(kept) : [];
    expect(leftovers(at, [])).toEqual([]);
    if (!host.plugins.has(plugin.name)) {
      expect(host.plugins.broken()).toMatchObject([{ dir: home, error: { code } }]);
      expect(await filesOf(home)).toEqual(await filesOf(join(dir, 'plugins/portables', plugin.name)));
      expect(versions).toHaveLength(code === 'ERR_PLUGIN_CHANGED' ? 1 : 0);
      return 'broken';
    }
    expect([host.plugins.broken(), versions.length]).toEqual([[], 1]);
    const { manifest, source, changed: differing } = host.plugins.get(plugin.name);
    expect([manifest.version, source?.endsWith('.zip'), differing]).toEqual(['v2.0.0', true, []]);
    expect(await filesOf(home)).toEqual(await filesOf(versionOf(before)));
    await until(() => host.plugins.get(plugin.name).state.phase === 'ready', 'it runs');
    return 'right';
  }

  const next = new Map<Broken, string>();
  const versionOf = (before: Broken): string => {
    const dir = next.get(before) ?? versionNaming(before.plugin, 'v2.0.0').dir;
    next.set(before, dir);
    return dir;
  };

  it.each([
    ['that can not be read', unreadable],
    ['that was changed after an update', changed],
  ])(
    'leaves it broken as it was, or right: one %s',
    async (_, make) => {
      const before = await make();
      const { plugin, verify } = before;
      const zip = zipped(versionOf(before), plugin.name).path;
      let steps = NaN;
      const cutBefore = async (step: number): Promise<'broken' | 'right'> => {
        const at = { dir: join(tempFolder(), 'data'), ipcDir: tempFolder() };
        cpSync(before.dir, at.dir, { recursive: true, verbatimSymlinks: true });
        const ended = await startBundle(program, at.dir, at.ipcDir, verify, plugin.name, zip, String(step)).ended;
        expect(ended.stderr).toBe('');
        if (step === 0) steps = Number(ended.stdout[0]);
        const host = await startHost({ ...at, verify });
        const state = await found(at, before, host);
        await host.stop();
        return state;
      };
      expect(await cutBefore(0)).toBe('right');
      expect(steps).toBeGreaterThan(20);
      const states: string[] = [];
      const queue = Array.from({ length: steps }, (_unused, index) => index + 1);
      const work = async (): Promise<void> => {
        for (let step = queue.shift(); step !== undefined; step = queue.shift())
          states[step - 1] = await cutBefore(step);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      // First the one and then the other, and no way back.
      expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['broken', 'right']);
    },
    120_000,
  );
});
