/**
 * Installs a zip into a new data folder, without starting it: `node installer.mjs <data folder> <zip>`. Prints milliseconds,
 * the peak of its memory, and what it took before.
 */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../../lib/clock.js';
import { pluginFolders } from '../../../lib/install/install.js';
import { PluginStore } from '../../../lib/install/plugin-store.js';
import { commandRunner } from '../../../lib/process/run-command.js';
import { SpawnRecords } from '../../../lib/process/spawn-records.js';
import { silent } from '../hosts.js';

const [dir = '', zip = ''] = process.argv.slice(2);
const clock = systemClock;
const records = new SpawnRecords(dir, { clock, log: silent });
const run = commandRunner({ records, clock, setpriv: undefined, env: () => ({}) });
const closing = new AbortController().signal;
const store = new PluginStore({ folders: pluginFolders(dir), clock, log: silent, run, settings: {}, closing });
await store.open();

const peak = (): number => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
const before = peak();
const start = performance.now();
await store.commit(await store.prepare(await store.stage(zip)));
const ms = performance.now() - start;
process.stdout.write(`${JSON.stringify({ ms, before, peak: peak() })}\n`);
