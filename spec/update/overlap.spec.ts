import { expect, it } from '@jest/globals';
import type { Rule, RuleStatus } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, statusOf } from '../helpers/parts.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { eachLanguage, type Versions, versionsOf } from '../helpers/versions.js';

interface Counted {
  readonly i: number;
}

/** A host with version v1, and a rule through its source, its function and its sink. */
async function running(versions: Versions) {
  const host = await startHost(versions.options);
  await host.plugins.install(versions.version('v1'));
  const path = newFile();
  const seen: number[] = [];
  const statuses: RuleStatus['phase'][] = [];
  const rule = host.rule(unique('r'), ({ source, call, sink }) =>
    source<Counted>(versions.source, { config: { interval: 2 } })
      .pipe(
        call(
          versions.echo,
          ({ i }) => [String(i)],
          ({ i }) => {
            seen.push(i);
            return { i };
          },
        ),
      )
      .subscribe(sink(versions.file, { config: { path } })),
  );
  await statusOf(rule, 'running');
  rule.status$.subscribe(({ phase }) => statuses.push(phase));
  await until(() => seen.length > 50, 'tuples flow');
  return { host, rule, path, seen, statuses, plugin: host.plugins.get(versions.name) };
}

const pidOf = ({ state }: { readonly state: { readonly phase: string } }): number =>
  'pid' in state ? Number(state.pid) : 0;

async function end(rule: Rule, path: string, symbol: string): Promise<void> {
  await rule.stop();
  const { stages, balanced } = rule.ledger();
  expect(balanced).toBe(true);
  for (const { dropped, failed } of Object.values(stages)) expect([dropped, failed]).toEqual([{}, {}]);
  // Nothing that the host has handed over is missing in the file, and nothing is there twice.
  await until(() => linesOf(path).length >= (stages[`sink ${symbol}`]?.passed ?? 0), 'the sink has written all');
  expect(linesOf(path)).toHaveLength(stages[`sink ${symbol}`]?.received ?? -1);
}

eachLanguage(
  (language) => `an update of a ${language} plugin beside the old version`,
  (language) => {
    it('goes unnoticed by its rules', async () => {
      const versions = versionsOf(language);
      const { host, rule, path, seen, statuses, plugin } = await running(versions);
      const before = pidOf(plugin);
      const report = await host.plugins.update(versions.name, versions.version('v2'));
      const count = seen.length;
      await until(() => seen.length > count + 50, 'tuples flow again');
      expect(report).toMatchObject({ from: 'v1', to: 'v2', strategy: 'overlap' });
      expect(report.sources).toMatchObject([{ rule: rule.id, symbol: versions.source }]);
      expect(report.sinks).toMatchObject([{ rule: rule.id, symbol: versions.file }]);
      expect(report.functions).toMatchObject([{ symbol: versions.echo }]);
      expect(plugin.manifest.version).toBe('v2');
      expect(pidOf(plugin)).not.toBe(before);
      expect(statuses).toEqual(['running']);
      // One count after the other, none inside the other.
      const second = seen.lastIndexOf(0);
      expect(seen).toEqual([...seen.slice(0, second).keys(), ...seen.slice(second).keys()]);
      await end(rule, path, versions.file);
    });
  },
);
