import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { pidPlugin } from '../helpers/pid-plugin.js';
import { pidsOf } from '../helpers/replicated.js';
import { startRest } from '../helpers/rest.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { RuleFolder, startService } from '../helpers/service.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** The value of a sample by its name and labels, as they are written. */
const valueOf = (text: string, sample: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${sample} `))
      ?.slice(sample.length + 1) ?? NaN,
  );

describe('/metrics', () => {
  it('tells what the ledger tells, whenever it is asked', async () => {
    const plugin = scriptedPlugin();
    const id = unique('r');
    const [source, sink] = [plugin.symbol('count'), plugin.symbol('file')];
    const folder = new RuleFolder({
      'a.ts': `import { defineRule } from 'rxport';
        export default defineRule('${id}', ({ source, sink }) =>
          source('${source}', { config: { count: 20, then: 'complete' } })
            .subscribe(sink('${sink}', { config: { path: '${join(tempFolder(), 'out')}' } })));`,
    });
    const dir = join(tempFolder(), 'data');
    const first = await startService({ dir });
    await first.host.plugins.install(plugin.dir);
    await first.stop();
    const service = await startService({ dir, rules: [folder.dir] });
    await until(() => service.rules.get(id).status.phase === 'completed');
    const { get } = await startRest(service);
    for (const _ of [1, 2]) {
      const { status, headers, text } = await get('/metrics');
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
      const labels = `{rule="${id}",stage="source ${source}",kind="source"}`;
      expect(valueOf(text, `rxport_stage_received_total${labels}`)).toBe(20);
      expect(valueOf(text, `rxport_stage_passed_total${labels}`)).toBe(20);
      expect(valueOf(text, `rxport_stage_in_flight_tuples${labels}`)).toBe(0);
      expect(valueOf(text, `rxport_stage_peak_tuples${labels}`)).toBeGreaterThanOrEqual(0);
      expect(valueOf(text, `rxport_stage_passed_total{rule="${id}",stage="sink ${sink}",kind="sink"}`)).toBe(20);
      expect(valueOf(text, `rxport_plugin_up{plugin="${plugin.name}"}`)).toBe(1);
      expect(valueOf(text, `rxport_plugin_restarts_total{plugin="${plugin.name}"}`)).toBe(0);
      const process = `{plugin="${plugin.name}",replica="0"}`;
      expect(valueOf(text, `rxport_plugin_resident_memory_bytes${process}`)).toBeGreaterThan(1e6);
      expect(valueOf(text, `rxport_plugin_cpu_seconds_total${process}`)).toBeGreaterThan(0);
      expect(valueOf(text, 'rxport_host_resident_memory_bytes')).toBeGreaterThan(1e6);
      expect(valueOf(text, 'rxport_host_event_loop_lag_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);
    }
    await service.host.plugins.stop(plugin.name);
    const { text } = await get('/metrics');
    expect(valueOf(text, `rxport_plugin_up{plugin="${plugin.name}"}`)).toBe(0);
    expect(text).not.toContain('rxport_plugin_resident_memory_bytes{');
  });

  it('tells what each process of a plugin uses, and nothing of one that is gone', async () => {
    const plugin = pidPlugin('node');
    const service = await startService({ replicas: { [plugin.name]: 3 }, killTimeout: 500 });
    const view = await service.host.plugins.install(plugin.dir);
    const ready = await until(() => pidsOf(view).length === 3 && pidsOf(view));
    const { get } = await startRest(service);
    const memory = (text: string): readonly string[] =>
      [...text.matchAll(/^rxport_plugin_resident_memory_bytes\{.*,replica="(\d)"\} [1-9]\d{6,}$/gm)].map(
        ([, replica = '']) => replica,
      );
    const { text } = await get('/metrics');
    expect(memory(text)).toEqual(['0', '1', '2']);
    expect(text.match(/^rxport_plugin_cpu_seconds_total\{/gm)).toHaveLength(3);
    process.kill(ready[1] ?? 0, 'SIGKILL');
    await until(() => view.replicas[1]?.phase === 'backoff');
    expect(memory((await get('/metrics')).text)).toEqual(['0', '2']);
  });

  it('counts what was dropped and what has failed by reason, and forgets a plugin that is gone', async () => {
    const plugin = scriptedPlugin();
    const folder = new RuleFolder();
    const id = unique('r');
    const service = await startService({ rules: [folder.dir], watch: true });
    await service.host.plugins.install(plugin.dir);
    folder.write(
      'a.ts',
      `import { defineRule } from 'rxport';
        export default defineRule('${id}', ({ source, call }) =>
          source('${plugin.symbol('count')}', { config: { count: 5, then: 'complete' } })
            .pipe(call('${plugin.symbol('fail')}', () => ['no'])));`,
    );
    await until(() => service.rules.list()[0]?.status.phase === 'completed');
    const { get } = await startRest(service);
    const labels = `rule="${id}",stage="call ${plugin.symbol('fail')}",kind="call"`;
    const { text } = await get('/metrics');
    const failed = [...text.matchAll(/^rxport_stage_(?:failed|dropped)_total\{(.*),reason="(.*)"\} (\d+)$/gm)];
    expect(failed.filter(([, found]) => found === labels).reduce((sum, [, , , count]) => sum + Number(count), 0)).toBe(
      5,
    );
    await service.host.plugins.remove(plugin.name, { force: true });
    expect((await get('/metrics')).text).not.toContain('rxport_plugin_up{');
  });
});
