import { type Clock, pause } from '../clock.js';
import { answers, removeStale } from '../sp/listen.js';

/** Milliseconds before each repetition. */
const WAITS = [20, 100, 500];

/**
 * STOP, and again while the plugin still listens on `path`.
 *
 * The Python SDK registers a sink after it has answered START: a STOP that comes before finds nothing and answers ok, and
 * the sink would stay for as long as the process.
 */
export async function stopSink(
  path: string,
  clock: Clock,
  { stop, again }: { readonly stop: () => Promise<void>; readonly again: () => Promise<unknown> },
): Promise<void> {
  await stop();
  for (const wait of WAITS) {
    // A process that was killed leaves its socket file, and nobody else would ever remove it.
    if (!(await answers(path).catch(() => false))) return removeStale(path).catch(() => undefined);
    await pause(clock, wait);
    await again();
  }
}
