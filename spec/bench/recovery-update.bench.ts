/** What a rule notices of a plugin that is updated under load. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Host } from '../../lib/index.js';
import { type Subject as Plugin, subjectPython, subjects } from '../helpers/subject.js';
import { bench, type Metric, type Opened, type Variant } from './harness.js';
import { startHost } from './hosts.js';
import { tempFolder, unique } from './plugins.js';
import { constantCalls } from './update/calls.js';
import type { Load } from './update/load.js';
import { sinkUnderLoad } from './update/sink-load.js';
import { steadySource } from './update/source-gap.js';

type StartLoad = (host: Host, plugin: Plugin) => Promise<Load>;

/** Milliseconds under load before and after an update. */
const AROUND = 500;

const updated = (plugin: Plugin, startLoad: StartLoad) => async (): Promise<Opened> => {
  const host = await startHost([{ dir: plugin.folder('v1.0.0') }], { pythonBin: subjectPython });
  let version = 0;
  return {
    async run() {
      const folder = plugin.folder(`v1.0.${++version}`);
      const load = await startLoad(host, plugin);
      await pause(AROUND);
      const start = performance.now();
      const report = await host.plugins.update(plugin.name, folder);
      const end = performance.now();
      await pause(AROUND);
      return { ...(await load.end(start, end, report)), 'took ms': report.took };
    },
    close: () => host.stop(),
  };
};

const variants = (startLoad: StartLoad): readonly Variant[] =>
  subjects({ tempFolder, unique }).map((plugin) => ({
    name: plugin.language,
    skip: plugin.missing,
    open: updated(plugin, startLoad),
  }));

const ms = (name: string): Metric => ({ name, digits: 1 });

await bench('recovery-update', [
  {
    title: 'a source of about 1 kHz',
    metrics: [ms('gap ms'), ms('reported ms'), ms('longest before ms'), ms('median ms'), ms('took ms')],
    repeat: 2,
    variants: variants(steadySource),
  },
  {
    title: 'constant calls of a function',
    metrics: [{ name: 'failed' }, { name: 'calls' }, { name: 'drained' }, ms('longest wait ms'), ms('took ms')],
    repeat: 2,
    variants: variants(constantCalls),
  },
  {
    title: 'a sink under constant load',
    metrics: [{ name: 'lost' }, { name: 'twice' }, { name: 'sent' }, { name: 'queued' }, ms('gap ms'), ms('took ms')],
    repeat: 2,
    variants: variants(sinkUnderLoad),
  },
]);
