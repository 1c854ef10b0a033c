/**
 * How long until a process that was stopped for good (SIGSTOP) has a successor, by what a rule uses of it; and that one
 * with as little to do that was not stopped stays.
 *
 *   npm run test:long -- stopped --idle=1500
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { concat, NEVER, of } from 'rxjs';
import type { Host, Rule } from '../../lib/index.js';
import { tempFolder, unique } from '../bench/plugins.js';
import type { Subject as Plugin } from '../helpers/subject.js';
import { report } from './report.js';
import { available, numbers, openHost, pidOf } from './stage.js';

/** Seconds for which those that are not stopped are watched. */
const { idle } = numbers({ idle: 120 });
/** Milliseconds in which an SDK that speaks by itself has done so twice. */
const SHOWN = 12_000;
/** Milliseconds until the successor has to be there. */
const NOTICED = 50_000;
const STEP = 100;

const uses = {
  source: (host: Host, plugin: Plugin): Rule =>
    host.rule(unique('source'), ({ source }) => source(plugin.source, { config: { interval: 1_000 } })),
  function: (host: Host, plugin: Plugin): Rule =>
    host.rule(unique('function'), ({ call }) => concat(of(1), NEVER).pipe(call(plugin.function, plugin.args))),
  sink: (host: Host, plugin: Plugin): Rule =>
    host.rule(unique('sink'), ({ sink }) =>
      NEVER.subscribe(sink(plugin.sink, { config: { path: join(tempFolder(), 'out') } })),
    ),
};
type Use = keyof typeof uses;

async function watch(plugin: Plugin, use: Use, stops: boolean): Promise<void> {
  const errors: string[] = [];
  const { host } = await openHost(errors);
  const pid = pidOf(host, plugin);
  try {
    await host.plugins.install(plugin.folder('v1.0.0'));
    uses[use](host, plugin);
    await pause(SHOWN);
    const first = pid();
    const began = performance.now();
    const passed = (): number => performance.now() - began;
    if (stops && first !== undefined) process.kill(first, 'SIGSTOP');
    const changed = (): boolean => pid() !== undefined && pid() !== first;
    const end = stops ? NOTICED : idle * 1_000;
    while (!changed() && passed() < end) await pause(STEP);
    const seconds = (passed() / 1_000).toFixed(1);
    const what = `${plugin.language}, ${use}, ${stops ? 'stopped' : 'idle'}`;
    const became = changed() ? 'replaced after' : 'the same process after';
    report(`${what}: ${became} ${seconds} s`, undefined, changed() === stops ? [] : ['not as it should be'], errors);
  } finally {
    await host.stop();
  }
}

const runs = (Object.keys(uses) as Use[]).flatMap((use) => [true, false].map((stops) => ({ use, stops })));
await Promise.all(runs.flatMap(({ use, stops }) => available().map((plugin) => watch(plugin, use, stops))));
