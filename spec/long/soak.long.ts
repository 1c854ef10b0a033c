/**
 * Rules that go on: source → call → sink, over plugins in three languages, each of which has every part once.
 *
 *   npm run soak -- --minutes=60
 *
 * Fails when a ledger does not balance, a tuple is missing, memory or descriptors of the host or of a plugin have grown,
 * or calls take longer in the last tenth of the run than in the first.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Subject as Plugin } from '../helpers/subject.js';
import { hostGauges, pluginGauges } from './gauges.js';
import { Latency } from './latency.js';
import { Levels } from './level.js';
import { startRelay } from './relay.js';
import { report } from './report.js';
import { available, numbers, openHost, pidOf } from './stage.js';

const { minutes } = numbers({ minutes: 10 });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Milliseconds before the first reading: until then code is compiled. */
const WARM_UP = 15_000;
/** How often is looked, in milliseconds: each look collects garbage, which calls wait for. */
const OFTEN = 2_500;
const LOOKS = 400;
/** The last tenth may take so many times as long as the first, and so many milliseconds more: others may be at work here. */
const LONGER = 3;
const SLACK = 50;
const WORST = 0.99;
const MOST_PROBLEMS = 10;

const errors: string[] = [];
const problems: string[] = [];
const { host, ipcDir } = await openHost(errors);
const plugins = available();
for (const plugin of plugins) await host.plugins.install(plugin.folder('v1.0.0'));

const latency = new Latency();
let from = Infinity;
const progress = (): number => (performance.now() - from) / (minutes * MINUTE);
let looked = 0;
/** Not those that waited for a collection: it comes with each look, and is none of theirs. */
const took = (ms: number): void => {
  if (performance.now() - ms > looked) latency.add(ms, progress());
};
/** The plugin `n` places on. */
const after = (plugin: Plugin, n: number): Plugin => plugins[(plugins.indexOf(plugin) + n) % plugins.length] ?? plugin;
const relays = plugins.map((plugin) => startRelay(host, [plugin, after(plugin, 1), after(plugin, 2)], took));

await pause(WARM_UP);
const gauges = plugins.flatMap((plugin) => pluginGauges(plugin.language, pidOf(host, plugin), true));
const levels = new Levels([...hostGauges(ipcDir), ...gauges]);
let looks = 0;
for (from = performance.now(); progress() < 1 && problems.length < MOST_PROBLEMS;) {
  await pause(Math.max(OFTEN, (minutes * MINUTE) / LOOKS));
  levels.read(((performance.now() - from) / HOUR) * 1_000);
  looked = performance.now();
  looks += 1;
  for (const { title, rule, trim } of relays) {
    const { balanced, stages } = rule.ledger();
    if (!balanced) problems.push(`${title}: unbalanced at look ${looks}: ${JSON.stringify(stages)}`);
    if (rule.status.phase !== 'running') problems.push(`${title}: ${rule.status.phase} at look ${looks}`);
    trim();
  }
}

const notes = [`the ledgers were looked at ${looks} times`];
for (const { title, rule, missing } of relays) {
  const { drained, dropped } = await rule.stop();
  const { balanced, stages } = rule.ledger();
  const passed = Object.values(stages).find(({ kind }) => kind === 'sink')?.passed ?? 0;
  notes.push(`${title}: ${passed.toLocaleString('en')} tuples`);
  if (!drained || !balanced) problems.push(`${title}: ${JSON.stringify({ drained, balanced, dropped, stages })}`);
  problems.push(...missing());
}
await host.stop();

const { first, last } = latency.drift(WORST);
const drift = `p99 from a tuple to its answer: ${first.toFixed(2)} ms in the first tenth, ${last.toFixed(2)} ms in the last`;
if (last <= LONGER * first + SLACK) notes.push(drift);
else problems.push(`${drift}, ${(LONGER * first + SLACK).toFixed(2)} ms allowed`);
report(`soak: ${minutes} minutes`, levels.verdicts(), [...problems, ...errors], notes, 'hour');
