/**
 * Updates of a plugin, one after another, while tuples go through a source, a function and a sink of it.
 *
 *   npm run test:long -- updates --updates=20
 */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Host, Rule } from '../../lib/index.js';
import { tempFolder, unique } from '../bench/plugins.js';
import type { Subject as Plugin } from '../helpers/subject.js';
import { hostGauges, pluginGauges } from './gauges.js';
import { Levels } from './level.js';
import { report } from './report.js';
import { available, numbers, openHost, pidOf } from './stage.js';

/** For each language. */
const { updates } = numbers({ updates: 100 });
/** How many come before the first reading: until then code is compiled. */
const WARM_UP = 10;
/** Milliseconds for an update, and for the next tuple to come through. */
const PATIENCE = 20_000;

function start(host: Host, plugin: Plugin): Rule {
  const file = join(tempFolder(), 'out');
  return host.rule(unique('update'), ({ source, call, sink }) =>
    source<{ readonly i: number }>(plugin.source, { config: { interval: 5 } })
      .pipe(
        call(
          plugin.function,
          ({ i }) => plugin.args(i),
          (_, i: number) => ({ i }),
        ),
      )
      .subscribe(sink(plugin.sink, { config: { path: file } })),
  );
}

/** False when nothing came through any longer. */
async function delivers(rule: Rule, { sink }: Plugin): Promise<boolean> {
  const passed = (): number => rule.ledger().stages[`sink ${sink}`]?.passed ?? 0;
  const [before, end] = [passed(), performance.now() + PATIENCE];
  while (passed() === before && performance.now() < end) await pause(2);
  return passed() > before;
}

async function updateOnce(host: Host, plugin: Plugin, rule: Rule, n: number): Promise<readonly string[]> {
  const folder = plugin.folder(`v1.0.${n}`);
  try {
    await host.plugins.update(plugin.name, folder, { signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    return [`update ${n}: ${String(error)}`];
  } finally {
    rmSync(dirname(folder), { recursive: true });
  }
  const { balanced, stages } = rule.ledger();
  return [
    ...((await delivers(rule, plugin)) ? [] : [`nothing came through after update ${n}`]),
    ...(balanced ? [] : [`unbalanced after update ${n}: ${JSON.stringify(stages)}`]),
  ];
}

async function run(plugin: Plugin): Promise<void> {
  const problems: string[] = [];
  const { host, ipcDir } = await openHost(problems);
  try {
    await host.plugins.install(plugin.folder('v1.0.0'));
    const rule = start(host, plugin);
    if (!(await delivers(rule, plugin))) problems.push('nothing came through before the first update');
    const levels = new Levels([...hostGauges(ipcDir), ...pluginGauges(plugin.language, pidOf(host, plugin))]);
    const began = performance.now();
    for (let n = 1; n <= updates + WARM_UP && problems.length < 10; n += 1) {
      problems.push(...(await updateOnce(host, plugin, rule, n)));
      if (n > WARM_UP) levels.read(n);
    }
    const each = (performance.now() - began) / (updates + WARM_UP);
    report(`${plugin.language}: ${updates} updates of ${each.toFixed(0)} ms`, levels.verdicts(), problems);
  } finally {
    await host.stop();
  }
}

for (const plugin of available()) await run(plugin);
