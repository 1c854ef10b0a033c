import type { Clock } from '../clock.js';
import type { Runner } from '../control/instance.js';
import { type Answer, Exchange, isKeepalive } from '../control/exchange.js';
import { SilenceWatch, type Silent } from '../control/silence-watch.js';
import { channelClosed, type RxportError } from '../errors.js';
import type { RepPeer } from '../sp/rep.js';
import { BATCH_CALLS, BATCH_TEXT, BATCH_TIME } from '../wire/function-batch.js';
import { BATCH, decodeHandshake } from '../wire/handshake.js';
import { type CallBatch, finish } from './call-batch.js';
import type { FunctionCall } from './function-call.js';

export interface WorkerOptions {
  readonly address: string;
  readonly clock: Clock;
  /** Its process has something else to do, and may say nothing meanwhile. */
  readonly atWork: () => boolean;
  readonly silent: (worker: FunctionWorker, verdict: Silent, quiet: number) => void;
}

/** One connection of a function: a process that takes one call at a time, or one batch of them. */
export class FunctionWorker {
  readonly exchange: Exchange;
  batch: CallBatch | undefined;
  /** Since when calls are given up, and their answer awaited before it gets others. */
  gaveUp: number | undefined;
  /** How many calls it takes together. */
  private most = 1;
  private batches = false;
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

  /** How many calls go out next, at most. */
  get takes(): number {
    return this.most;
  }

  /** How many calls keep it busy: those that are out, and where they go out together as many that follow. */
  get capacity(): number {
    return this.batches ? 2 * this.most : 1;
  }

  /** How many calls are out, and have time. */
  get out(): number {
    return this.batch?.waiting ?? 0;
  }

  /**
   * What has come back of a batch tells how large the next one may be. Doubled while it is quick: a slow function gets
   * one call at a time, and each has its whole time.
   */
  learn(batch: CallBatch, made: number, now: number): void {
    if (!this.batches) return;
    if (made < batch.length) this.most = made;
    else if (now - batch.sentAt > BATCH_TIME) this.most = Math.max(1, this.most >> 1);
    else if (batch.length === this.most && batch.size <= BATCH_TEXT / 2)
      this.most = Math.min(2 * this.most, BATCH_CALLS);
  }

  /** Throws `ERR_FRAME_TOO_LARGE`. */
  ask(batch: CallBatch, done: (answer: Answer) => void): void {
    this.batch = batch;
    try {
      this.exchange.ask(batch.body, (answer) => {
        this.batch = undefined;
        done(answer);
      });
    } catch (error) {
      this.batch = undefined;
      throw error;
    }
  }

  /** Gives up on the calls that are late; on the others of the same batch it does not. */
  expire(now: number, late: (call: FunctionCall) => RxportError): void {
    const { batch } = this;
    const calls = batch?.expire(now) ?? [];
    const [first] = calls;
    if (first !== undefined && batch?.waiting === 0) {
      this.gaveUp = now;
      this.exchange.abandon(late(first));
    }
    for (const call of calls) finish(call, { type: 'error', error: late(call) });
  }

  /** A new request of it; true when it is the first. */
  heard(body: Buffer): boolean {
    const isFirst = !this.greeted;
    this.gaveUp = undefined;
    this.silence.heard(this.greeted && this.exchange.free && isKeepalive(body));
    if (isFirst) this.batches = decodeHandshake(body.toString()).capabilities.has(BATCH);
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
