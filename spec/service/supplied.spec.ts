import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confKeyUnknown, type ErrorCode, pluginBusy, RxportError } from '../../lib/errors.js';
import { type Supplier, supplierOf } from '../../lib/service/supplied.js';
import { idle, RuleFolder, startService } from '../helpers/service.js';
import { linesLog } from '../helpers/lines-log.js';
import { scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();

const thermo: Supplier = {
  name: 'thermo',
  dir: '/portables/thermo',
  manifest: { sources: ['temperature'], sinks: ['alarm'], functions: ['celsius'] },
  installedAt: at(100),
};

describe('the plugin that a failed rule has waited for', () => {
  const details = (symbol: string, kind?: string): object => ({ symbol, ...(kind && { kind }) });
  const key = (symbol: string, kind: string, pluginDir = '/portables/thermo'): object =>
    confKeyUnknown({ kind, symbol, confKey: 'fast', pluginDir }, '').details;

  it.each<[what: string, code: ErrorCode, details: object, failedAt: number, isSupplied: boolean]>([
    ['has the source', 'ERR_SYMBOL_UNKNOWN', details('temperature', 'source'), 90, true],
    ['has the sink', 'ERR_SYMBOL_UNKNOWN', details('alarm', 'sink'), 90, true],
    ['has the function', 'ERR_SYMBOL_UNKNOWN', details('celsius', 'function'), 90, true],
    ['may be there since before', 'ERR_SYMBOL_UNKNOWN', details('celsius', 'function'), 110, true],
    ['has it as another kind', 'ERR_SYMBOL_UNKNOWN', details('celsius', 'source'), 90, false],
    ['has another symbol', 'ERR_SYMBOL_UNKNOWN', details('humidity', 'source'), 90, false],
    ['says nothing', 'ERR_SYMBOL_UNKNOWN', {}, 90, false],
    ['has again what a version had lost', 'ERR_SYMBOL_REMOVED', details('temperature'), 90, true],
    ['still lacks what a version has lost', 'ERR_SYMBOL_REMOVED', details('humidity'), 90, false],
    ['may have the key, being newer', 'ERR_CONF_KEY_UNKNOWN', key('temperature', 'source'), 90, true],
    ['has not the key, being as it was', 'ERR_CONF_KEY_UNKNOWN', key('temperature', 'source'), 110, false],
    // Written down before the move, during which the rule has failed.
    ['is another version', 'ERR_CONF_KEY_UNKNOWN', key('temperature', 'source', '/versions/thermo@1'), 110, true],
    ['is another version without the source', 'ERR_CONF_KEY_UNKNOWN', key('humidity', 'source', '/other'), 110, false],
    ['was only coming', 'ERR_PLUGIN_BUSY', pluginBusy('thermo').details, 110, true],
    ['is not the one that was coming', 'ERR_PLUGIN_BUSY', pluginBusy('other').details, 110, false],
    ['is none: its process fails', 'ERR_PLUGIN_FAILED', { name: 'thermo' }, 90, false],
    ['is none: the rule is wrong', 'ERR_USER_FUNCTION', details('temperature'), 90, false],
  ])('%s', (_, code, given, failedAt, isSupplied) => {
    const error = new RxportError(code, 'x', { details: { ...given } });
    expect(supplierOf({ error, since: failedAt * 1_000 }, [thermo])).toBe(isSupplied ? thermo : undefined);
  });

  it('was put into the folder by hand, and brings no key', () => {
    const error = confKeyUnknown({ kind: 'source', symbol: 'temperature', confKey: 'fast', pluginDir: thermo.dir }, '');
    expect(supplierOf({ error, since: 0 }, [{ ...thermo, installedAt: undefined }])).toBeUndefined();
  });
});

describe('a rule that has failed for want of a plugin', () => {
  async function setUp() {
    const plugin = scriptedPlugin();
    const [id, other] = [unique('r'), unique('other')];
    const folder = new RuleFolder({
      'a.ts': `import { defineRule } from 'rxport';
               export default defineRule('${id}', ({ source }) => source('${plugin.symbol('count')}'), { restart: 'never' });`,
      'b.ts': idle(other),
    });
    const { log, lines } = linesLog();
    const service = await startService({ rules: [folder.dir], logger: log });
    const phase = (): string => service.rules.get(id).status.phase;
    const told = (): readonly string[] => lines.filter((line) => line.includes('starts again'));
    return { plugin, id, service, phase, told, plugins: service.host.plugins };
  }

  it('starts when that has been installed, each time once', async () => {
    const { plugin, id, service, phase, told, plugins } = await setUp();
    expect(service.rules.get(id).error).toMatchObject({ code: 'ERR_SYMBOL_UNKNOWN' });
    const line = `info rule ${id} starts again: plugin ${plugin.name} is there now`;
    for (const count of [1, 2]) {
      await plugins.install(plugin.dir);
      await until(() => phase() === 'running', 'the rule runs');
      expect(told()).toEqual(Array<string>(count).fill(line));
      await plugins.remove(plugin.name, { force: true });
      await until(() => phase() === 'failed', 'the rule has failed');
      // With `never` it has failed with why the plugin went; started by hand, it has what it lacks.
      await expect(service.rules.start(id)).rejects.toMatchObject({ code: 'ERR_SYMBOL_UNKNOWN' });
    }
  });

  it('starts when it was started while that was being installed, at whatever restart policy', async () => {
    const { plugin, id, service, phase, told, plugins } = await setUp();
    const installed = plugins.install(plugin.dir);
    while (!plugins.installing().includes(plugin.name)) await new Promise(setImmediate);
    await expect(service.rules.start(id)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    await installed;
    await until(() => phase() === 'running', 'the rule runs');
    expect(told()).toHaveLength(1);
  });

  it('starts when an update brings the key that it has failed for', async () => {
    const plugin = scriptedPlugin();
    const next = versionNaming(plugin, 'v2.0.0');
    mkdirSync(join(next.dir, 'sources'));
    writeFileSync(join(next.dir, `sources/${plugin.symbol('count')}.yaml`), 'fast:\n  interval: 1\n');
    const folder = new RuleFolder();
    const service = await startService({ rules: [folder.dir], watch: true });
    await service.host.plugins.install(plugin.dir);
    const text = `import { defineRule } from 'rxport';
      export default defineRule('keyed', ({ source }) => source('${plugin.symbol('count')}', { confKey: 'fast' }));`;
    folder.write('keyed.ts', text);
    await until(() => service.rules.list()[0]?.error?.code === 'ERR_CONF_KEY_UNKNOWN', 'the rule has failed');
    await service.host.plugins.update(plugin.name, next.dir);
    await until(() => service.rules.get('keyed').status.phase === 'running', 'the rule runs');
  });

  it('starts when a version has back what an update had taken away, and not before', async () => {
    const { plugin, id, service, phase, told, plugins } = await setUp();
    const [without, again] = [versionNaming(plugin, 'v2.0.0'), versionNaming(plugin, 'v3.0.0')];
    const file = join(without.dir, `${plugin.name}.json`);
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), sources: [] }));
    await plugins.install(plugin.dir);
    await until(() => phase() === 'running', 'the rule runs');
    await plugins.update(plugin.name, without.dir, { force: true });
    await until(() => service.rules.get(id).error?.code === 'ERR_SYMBOL_REMOVED', 'the rule has failed');
    // A process that comes again has nothing more than before.
    await plugins.stop(plugin.name);
    await plugins.start(plugin.name);
    expect([phase(), told().length]).toEqual(['failed', 1]);
    await plugins.update(plugin.name, again.dir);
    await until(() => phase() === 'running', 'the rule runs again');
    expect(told()).toHaveLength(2);
  });

  it('starts when it fails only after that has come, of which nothing tells again', async () => {
    const [plugin, marker] = [scriptedPlugin(), scriptedPlugin()];
    const folder = new RuleFolder();
    const service = await startService({ rules: [folder.dir], watch: true });
    const { plugins } = service.host;
    await plugins.install(marker.dir);
    await plugins.stop(marker.name);
    folder.write(
      'late.ts',
      `import { map } from 'rxjs';
       import { defineRule } from 'rxport';
       export default defineRule('late', ({ source }) => {
         try {
           return source('${plugin.symbol('count')}');
         } catch (error) {
           return source('${marker.symbol('count')}').pipe(map(() => { throw error; }));
         }
       }, { restart: 'never' });`,
    );
    await until(() => service.rules.list()[0]?.status.phase === 'waiting', 'the rule waits for the marker');
    await plugins.install(plugin.dir);
    await plugins.start(marker.name);
    await until(() => service.rules.get('late').ledger().stages[`source ${plugin.symbol('count')}`]?.passed, 'values');
  });

  it('stays as it is when another plugin comes, and after a stop', async () => {
    const { plugin, id, service, phase, told, plugins } = await setUp();
    // Installed means that its `ready` was told, and all that follows from that has begun.
    await plugins.install(scriptedPlugin().dir);
    expect([phase(), told()]).toEqual(['failed', []]);
    await service.rules.stop(id);
    await plugins.install(plugin.dir);
    expect([phase(), told()]).toEqual(['failed', []]);
    await service.rules.start(id);
    await until(() => phase() === 'running', 'the rule runs');
  });
});
