/** How long a rule is without tuples of a source. */
import { firstValueFrom, ReplaySubject, tap } from 'rxjs';
import type { Host } from '../../../lib/index.js';
import type { Subject as Plugin } from '../../helpers/subject.js';
import { unique } from '../plugins.js';
import { median } from '../stats.js';
import { largest, type Load } from './load.js';

export async function steadySource(host: Host, { source: symbol }: Plugin): Promise<Load> {
  const times: number[] = [];
  const first = new ReplaySubject<void>(1);
  const rule = host.rule(unique('r'), ({ source }) =>
    source(symbol, { config: { interval: 1 } }).pipe(
      tap(() => {
        times.push(performance.now());
        first.next();
      }),
    ),
  );
  await firstValueFrom(first);
  return {
    async end(start, end, { sources }) {
      await rule.stop();
      const distances = times.slice(1).map((to, at) => ({ from: times[at] ?? to, to }));
      const lengths = (list: typeof distances): number[] => list.map(({ from, to }) => to - from);
      const before = lengths(distances.filter(({ to }) => to < start));
      // A distance counts when any of it lies in the time of the update.
      const during = lengths(distances.filter(({ from, to }) => to >= start && from <= end));
      return {
        'gap ms': largest(during),
        'reported ms': largest(sources.map(({ gap }) => gap)),
        'longest before ms': largest(before),
        'median ms': median(before),
      };
    },
  };
}
