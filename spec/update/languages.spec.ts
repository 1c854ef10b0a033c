import { describe, expect, it } from '@jest/globals';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHost } from '../helpers/host.js';
import { pidOf } from '../helpers/live-rule.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';

type Language = 'go' | 'executable' | 'node';

/** One program, which says to be of another language in each version. */
function inLanguages() {
  const plugin = scriptedPlugin();
  const { name } = plugin;
  const version = (language: Language): string => {
    const dir = join(tempFolder(), name);
    cpSync(plugin.dir, dir, { recursive: true });
    writeFileSync(join(dir, 'run.sh'), `#!/bin/sh\nexec '${process.execPath}' "$PWD/main.mjs" "$@"\n`, { mode: 0o755 });
    const file = join(dir, `${name}.json`);
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
    const executable = language === 'node' ? 'main.mjs' : 'run.sh';
    writeFileSync(file, JSON.stringify({ ...manifest, version: language, language, executable }));
    return dir;
  };
  return { ...plugin, version };
}

describe('an update to another language', () => {
  it.each<[Language, Language]>([
    ['go', 'node'],
    ['node', 'executable'],
  ])('is refused at once from %s to %s: the new process would not find its host', async (from, to) => {
    const { name, version } = inLanguages();
    const host = await startHost();
    const plugin = await host.plugins.install(version(from));
    const before = pidOf(plugin);
    await expect(host.plugins.update(name, version(to))).rejects.toMatchObject({
      code: 'ERR_PLUGIN_MISMATCH',
      message: expect.stringMatching(new RegExp(`${name} .*${from}.*${to}.*remove the plugin, then install`)),
    });
    expect([plugin.manifest.version, pidOf(plugin)]).toEqual([from, before]);
    await host.plugins.remove(name);
    expect((await host.plugins.install(version(to))).state.phase).toBe('ready');
  });
});
