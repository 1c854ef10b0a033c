/** A sink that gets values all the time, and the file that they arrive in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { filter, firstValueFrom, map, mergeMap, range, takeUntil, timer } from 'rxjs';
import type { Host } from '../../../lib/index.js';
import type { Subject as Plugin } from '../../helpers/subject.js';
import { tempFolder, unique } from '../plugins.js';
import { largest, type Load, mustBeZero } from './load.js';

/** Values each millisecond. */
const BURST = 5;
/** How long a plugin may work on what it has read ahead, in milliseconds. */
const PATIENCE = 5_000;

export async function sinkUnderLoad(host: Host, { sink: symbol }: Plugin): Promise<Load> {
  const file = join(tempFolder(), 'out');
  let sent = 0;
  const rule = host.rule(unique('r'), ({ sink, stopping$ }) =>
    timer(0, 1)
      .pipe(
        takeUntil(stopping$),
        mergeMap(() => range(0, BURST)),
        map(() => ({ i: sent++ })),
      )
      .subscribe(sink(symbol, { config: { path: file } })),
  );
  await firstValueFrom(rule.status$.pipe(filter(({ phase }) => phase === 'running')));
  return {
    async end(_start, _end, { sinks }) {
      await rule.stop();
      const deadline = performance.now() + PATIENCE;
      let arrived = arrivals(file);
      while (new Set(arrived).size < sent && performance.now() < deadline) {
        await pause(20);
        arrived = arrivals(file);
      }
      const different = new Set(arrived).size;
      return {
        ...mustBeZero('lost', sent - different),
        twice: arrived.length - different,
        sent,
        queued: sinks.reduce((sum, { queued }) => sum + queued, 0),
        'gap ms': largest(sinks.map(({ gap }) => gap)),
      };
    },
  };
}

/** The last line may be half written. */
const arrivals = (file: string): readonly number[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly i: number }).i);
