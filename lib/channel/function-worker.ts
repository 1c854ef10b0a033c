import type { Clock } from '../clock.js';
import type { Runner } from '../control/instance.js';
import { Exchange, isKeepalive } from '../control/exchange.js';
import { SilenceWatch, type Silent } from '../control/silence-watch.js';
import { channelClosed } from '../errors.js';
import type { RepPeer } from '../sp/rep.js';
import type { FunctionCall } from './function-call.js';

export interface WorkerOptions {
  readonly address: string;
  readonly clock: Clock;
  /** Its process has something else to do, and may say nothing meanwhile. */
  readonly atWork: () => boolean;
  readonly silent: (worker: FunctionWorker, verdict: Silent, quiet: number) => void;
}

/** One connection of a function: a process that takes one call at a time. */
export class FunctionWorker {
  readonly exchange: Exchange;
  call: FunctionCall | undefined;
  expires = 0;
  /** Since when a call is given up, and its answer awaited before it gets another. */
  gaveUp: number | undefined;
  /** Its first frame says that it is there, and is no keepalive. */
  private greeted = false;
  private readonly silence: SilenceWatch;

  constructor(
    peer: RepPeer,
    /** Which version of the plugin it is of: only those of one version are called. */
    public generation: number,
    /** Its process, as far as that can be told. */
    readonly runner: Runner | undefined,
    private readonly options: WorkerOptions,
  ) {
    const { address, clock, atWork, silent } = options;
    this.exchange = new Exchange(peer, address);
    this.silence = new SilenceWatch(clock, {
      // A call that was given up keeps it from speaking until it is answered.
      busy: () => !this.exchange.free || atWork(),
      silent: (verdict, quiet) => silent(this, verdict, quiet),
    });
    this.silence.start();
  }

  /** It has been heard: its first frame says that it is there. */
  get here(): boolean {
    return this.greeted;
  }

  /** A new request of it; true when it is the first. */
  heard(body: Buffer): boolean {
    const isFirst = !this.greeted;
    this.gaveUp = undefined;
    this.silence.heard(this.greeted && this.exchange.free && isKeepalive(body));
    this.greeted = true;
    this.exchange.heard(body);
    return isFirst;
  }

  /** Its connection is gone. */
  lost(): void {
    this.silence.stop();
    this.exchange.lost(channelClosed(this.options.address));
  }
}
