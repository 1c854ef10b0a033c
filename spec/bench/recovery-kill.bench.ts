/** How long a rule is without tuples after kill -9 of the plugin that has its source. */
import { filter, firstValueFrom, Subject, tap } from 'rxjs';
import type { Host, ProcessState } from '../../lib/index.js';
import { type Subject as Plugin, subjectPython, subjects } from '../helpers/subject.js';
import { bench, type Opened, type Sample, type Variant } from './harness.js';
import { startHost } from './hosts.js';
import { tempFolder, unique } from './plugins.js';

/** A new host each time: the back-off of a plugin grows with every crash. */
const killed = (plugin: Plugin) => async (): Promise<Opened> => {
  const dir = plugin.folder('v1.0.0');
  return {
    async run() {
      const host = await startHost([{ dir }], { pythonBin: subjectPython });
      try {
        return await killOnce(host, plugin);
      } finally {
        await host.stop();
      }
    },
    close: async () => undefined,
  };
};

async function killOnce(host: Host, { name, source: symbol }: Plugin): Promise<Sample> {
  const tuples = new Subject<number>();
  const first = firstValueFrom(tuples);
  host.rule(unique('r'), ({ source }) =>
    source(symbol, { config: { interval: 1 } }).pipe(tap(() => tuples.next(performance.now()))),
  );
  await first;

  const { state, state$ } = host.plugins.get(name);
  if (state.phase !== 'ready') throw new Error(`${name} is ${state.phase}`);
  const times = new Map<ProcessState['phase'], number>();
  let backoff = NaN;
  const reached = (phase: ProcessState['phase']): number => times.get(phase) ?? NaN;
  const watch = state$.subscribe((now) => {
    times.set(now.phase, performance.now());
    if (now.phase === 'backoff') backoff = now.until - Date.now();
  });
  const start = performance.now();
  process.kill(state.pid, 'SIGKILL');
  // What the old process has sent may still arrive while the next one starts.
  const back = await firstValueFrom(tuples.pipe(filter((at) => at > reached('ready') && reached('ready') > start)));
  watch.unsubscribe();

  const handshake = reached('ready') - reached('starting');
  const ms = back - start;
  return { ms, 'back-off': backoff, 'start to handshake': handshake, rest: ms - backoff - handshake };
}

const variants: readonly Variant[] = subjects({ tempFolder, unique }).map((plugin) => ({
  name: plugin.language,
  skip: plugin.missing,
  open: killed(plugin),
}));

await bench('recovery-kill', [
  {
    title: 'kill -9 to the next tuple',
    metrics: [
      { name: 'ms', digits: 1 },
      { name: 'back-off', digits: 0 },
      { name: 'start to handshake', digits: 1 },
      { name: 'rest', digits: 1 },
    ],
    repeat: 2,
    variants,
  },
]);
