import { describe, expect, it } from '@jest/globals';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { pidOf } from '../helpers/live-rule.js';
import { newFile, partsOf, statusOf } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

type Language = 'go' | 'executable' | 'node';

/** What the Go SDK does not take. */
const LARGE = 'x'.repeat(2 * 1024 * 1024);

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

  it.each<[Language, Language]>([
    ['go', 'executable'],
    ['executable', 'go'],
  ])('from %s to %s leaves its connections the limit of the new one', async (from, to) => {
    const { name, symbol, version } = inLanguages();
    const host = await startHost();
    await host.plugins.install(version(from));
    const path = newFile();
    const values = new Subject<string>();
    const rule = host.rule(unique('r'), (context) => values.subscribe(partsOf({ symbol }).file(context, path)));
    const echo = host.function(symbol('echo'));
    await statusOf(rule, 'running');
    expect(await echo.exec('a')).toBe('a');
    await host.plugins.update(name, version(to));

    const failed = (): unknown => rule.ledger().stages[`sink ${symbol('file')}`]?.failed;
    values.next(LARGE);
    if (to === 'go') {
      await expect(echo.exec(LARGE)).rejects.toMatchObject({ code: 'ERR_FRAME_TOO_LARGE' });
      expect(failed()).toEqual({ ERR_FRAME_TOO_LARGE: 1 });
    } else {
      expect(await echo.exec(LARGE)).toBe(LARGE);
      await until(() => linesOf(path).length === 1, 'the sink has written it');
      expect(failed()).toEqual({});
    }
    await rule.stop();
  });
});
