import type { Clock } from '../clock.js';
import type { Runner } from '../control/instance.js';
import type { Silent } from '../control/silence-watch.js';
import type { RxportError } from '../errors.js';
import type { TapOptions } from '../sp/tap.js';

export interface FunctionChannelOptions extends TapOptions {
  readonly symbol: string;
  readonly clock: Clock;
  /**
   * Largest request, in bytes, on a connection of which nobody knows whose it is; a stock Go plugin closes it on more than
   * 1 MiB.
   */
  readonly maxSend: () => number | undefined;
  /**
   * For half a minute a process has not answered even what was given up, or calls wait and nothing has answered that could
   * take one. Told again as long as that lasts.
   */
  readonly stuck?: (error: RxportError, runner?: Runner) => void;
  /** The connection of a process has closed that was there a moment ago: it may dial again, or be about to end. */
  readonly gone?: (runner: Runner) => void;
  /** The process has something to do, here or elsewhere, and may say nothing meanwhile. */
  readonly atWork?: (runner: Runner | undefined) => boolean;
  /** The process that is called has said nothing for so many milliseconds, and should have. */
  readonly silent?: (verdict: Silent, quiet: number, runner: Runner | undefined) => void;
}
