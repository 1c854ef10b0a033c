import { expect, it } from '@jest/globals';
import { concatMap, delay, EMPTY, of, type Observable } from 'rxjs';
import type { RxportError } from '../../lib/index.js';
import { iterate, mapAsync, type MapAsyncOptions, queued, type QueuedOptions } from '../../operators/index.js';

interface Reading {
  readonly t: number;
  readonly line: string;
}
const readings = of<Reading>({ t: 1, line: 'a' });

// Compiled by `npm run typecheck`; that it compiles is the expectation.
it('infers values and results in a pipe', () => {
  const awaited: Observable<number> = readings.pipe(
    mapAsync(async ({ t }, index, signal) => (signal.aborted ? t : index)),
  );
  const streamed: Observable<string> = readings.pipe(mapAsync(({ line }) => of(line), { concurrency: 2 }));
  const dropped: Observable<string> = readings.pipe(mapAsync(({ line }) => [line], { onError: 'drop' }));
  const instead: Observable<string | Reading> = readings.pipe(
    mapAsync(({ line }) => [line], { onError: (_: RxportError, reading: Reading) => reading }),
  );
  const inferred: Observable<string | number> = readings.pipe(
    mapAsync(({ line }) => [line], { onError: (error, { t }) => error.code.length + t }),
  );
  const options: MapAsyncOptions<Reading> = { timeout: 100 };
  const prepared: Observable<string> = readings.pipe(mapAsync(({ line }) => [line], options));
  const later: Observable<Reading> = readings.pipe(queued(delay(1)));
  const lines: Observable<string> = readings.pipe(
    queued(
      concatMap(async ({ line }) => line),
      { size: 5 },
    ),
  );
  const queue: QueuedOptions = { policy: 'error' };
  const loop: AsyncIterableIterator<Reading> & AsyncDisposable = iterate(readings, { signal: AbortSignal.abort() });

  // @ts-expect-error: onError adds what it gives
  const less: Observable<string> = readings.pipe(mapAsync(({ line }) => [line], { onError: () => 7 }));
  // @ts-expect-error: what is held can not be taken back
  const oldest: QueuedOptions = { policy: 'drop-oldest' };
  // @ts-expect-error: an operator on other values
  readings.pipe(queued(delay<string>(1)));
  // @ts-expect-error: a project gives a stream or a promise
  EMPTY.pipe(mapAsync(() => 7));

  expect([awaited, streamed, dropped, instead, inferred, prepared, later, lines, less]).toHaveLength(9);
  expect([queue, loop, oldest]).toHaveLength(3);
});
