/**
 * A rule that starts, lets tuples through a source, a function and a sink of one plugin, and stops; over and over.
 *
 *   npm run test:long -- cycles --cycles=300 --stock=60
 */
import { firstValueFrom, Subject, tap, timeout } from 'rxjs';
import { join } from 'node:path';
import type { Host } from '../../lib/index.js';
import { tempFolder, unique } from '../bench/plugins.js';
import type { Subject as Plugin } from '../helpers/subject.js';
import { hostGauges, pluginGauges, socketFiles } from './gauges.js';
import { Levels } from './level.js';
import { report } from './report.js';
import { available, numbers, openHost, pidOf } from './stage.js';

/** `stock` is for Go and Python, whose start takes longer. */
const { cycles, stock } = numbers({ cycles: 10_000, stock: 1_000 });
/** How often the gauges are read, and how many cycles come before: until then code is compiled. */
const READINGS = 40;
const WARM_UP = 50;
/** Milliseconds for the first tuple to come through. */
const PATIENCE = 20_000;

async function cycle(host: Host, plugin: Plugin, file: string): Promise<string | undefined> {
  const through = new Subject<void>();
  const first = firstValueFrom(through.pipe(timeout(PATIENCE)));
  const rule = host.rule(unique('cycle'), ({ source, call, sink }) =>
    source<{ readonly i: number }>(plugin.source, { config: { interval: 1 } })
      .pipe(
        call(
          plugin.function,
          ({ i }) => plugin.args(i),
          (_, i: number) => ({ i }),
        ),
        tap(() => through.next()),
      )
      .subscribe(sink(plugin.sink, { config: { path: file } })),
  );
  await first;
  const { drained } = await rule.stop();
  const { balanced, stages } = rule.ledger();
  return drained && balanced ? undefined : `${rule.id}: ${JSON.stringify({ drained, balanced, stages })}`;
}

async function run(plugin: Plugin, count: number): Promise<void> {
  const problems: string[] = [];
  const errors: string[] = [];
  const { host, ipcDir } = await openHost(errors);
  try {
    await host.plugins.install(plugin.folder('v1.0.0'));
    const file = join(tempFolder(), 'out');
    const pid = pidOf(host, plugin);
    const first = pid();
    const levels = new Levels([...hostGauges(ipcDir), ...pluginGauges(plugin.language, pid)]);
    for (let n = 0; n < WARM_UP; n += 1) await cycle(host, plugin, file);
    const start = performance.now();
    for (let n = 1; n <= count && problems.length < 10; n += 1) {
      const problem = await cycle(host, plugin, file);
      if (problem !== undefined) problems.push(problem);
      if (n % Math.ceil(count / READINGS) === 0) levels.read(n);
    }
    const left = socketFiles(ipcDir).filter((file) => file.includes('cycle-'));
    problems.push(...left.map((file) => `left behind: ${file}`));
    const each = (performance.now() - start) / count;
    if (pid() !== first) errors.push(`the process of ${plugin.name} was started again`);
    // pynng can abort when a symbol is stopped (`pthread_mutex_lock: Invalid argument`): the host has to live with that.
    const ours = plugin.language === 'TypeScript';
    if (ours) problems.push(...errors);
    report(
      `${plugin.language}: ${count} cycles of ${each.toFixed(1)} ms`,
      levels.verdicts(),
      problems,
      ours ? [] : errors,
    );
  } finally {
    await host.stop();
  }
}

for (const plugin of available()) await run(plugin, plugin.language === 'TypeScript' ? cycles : stock);
