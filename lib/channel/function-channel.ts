import { Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import { type Answer, Exchange } from '../control/exchange.js';
import { callLost, callStuck, callTimeout, channelClosed, type RxportError } from '../errors.js';
import { listenRep, type RepPeer, type RepSocket } from '../sp/rep.js';
import { decodeReply, type FunctionReply } from '../wire/function.js';
import { Queue } from './queue.js';

export type Outcome = FunctionReply | { readonly type: 'error'; readonly error: RxportError };

/** One call, from the queue to its outcome. */
export interface FunctionCall {
  /** The encoded request. */
  readonly body: string;
  /** Milliseconds from the write on a pipe to the answer; waiting for a pipe does not count. */
  readonly timeout: number;
  /** What happens when the process dies with the call out: once more, or an error. */
  whenLost: 'repeat' | 'error';
  /** Nobody wants the outcome any longer. */
  cancelled: boolean;
  /** At most once, never after `cancelled`. */
  readonly done: (outcome: Outcome) => void;
}

interface Worker {
  readonly exchange: Exchange;
  call: FunctionCall | undefined;
  expires: number;
}

export interface FunctionChannelOptions {
  readonly symbol: string;
  readonly clock: Clock;
  /** Largest request, in bytes; a stock Go plugin closes the connection on more than 1 MiB. */
  readonly maxSend: () => number | undefined;
  /** Calls wait, and for half a minute nothing has answered that could take one. Told again as long as that lasts. */
  readonly stuck?: (error: RxportError) => void;
}

/** A function that has not even answered what was given up is not going to, in milliseconds. */
const STUCK_AFTER = 30_000;
const LOOK_STEP = 1_000;

/** How late a deadline may be noticed, in milliseconds: one timer serves all calls. */
const DEADLINE_STEP = 50;

/**
 * The channel of one function, for all rules: REP, with one call at a time on each connection. Idle connections form
 * a pool, so that several processes of one plugin share the calls.
 */
export class FunctionChannel {
  private readonly workers = new Map<RepPeer, Worker>();
  private readonly queue = new Queue<FunctionCall>();
  private socket: RepSocket | undefined;
  private deadlines: Subscription = Subscription.EMPTY;
  /** Runs while calls wait. */
  private watch: Subscription = Subscription.EMPTY;
  private movedAt = 0;
  private closed: RxportError | undefined;

  constructor(
    private readonly address: string,
    private readonly options: FunctionChannelOptions,
  ) {}

  /**
   * How many calls are worth submitting: one for each process that can be called, and one that is ready to follow an
   * answer. Measured with a function that does nothing: 0.96 of a bare socket's calls, against 0.86 without that one.
   */
  get capacity(): number {
    return this.workers.size + 1;
  }

  /** Rejects with `ERR_CHANNEL_BIND`, `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_TOO_LONG`, or why it was closed meanwhile. */
  async open(): Promise<void> {
    this.socket = await listenRep(this.address, this.options, {
      opened: (peer) => {
        this.moved();
        this.workers.set(peer, { exchange: new Exchange(peer, this.address), call: undefined, expires: 0 });
      },
      request: (peer, body) => {
        this.moved();
        this.workers.get(peer)?.exchange.heard(body);
        this.pump();
      },
      closed: (peer) => {
        const worker = this.workers.get(peer);
        this.workers.delete(peer);
        worker?.exchange.lost(channelClosed(this.address));
        this.pump();
      },
    });
    if (this.closed === undefined) return;
    await this.socket.close();
    throw this.closed;
  }

  submit(call: FunctionCall): void {
    if (this.closed !== undefined) {
      call.done({ type: 'error', error: this.closed });
      return;
    }
    this.queue.push(call);
    this.pump();
    this.watchQueue();
  }

  /** Something has happened from which an answer may follow. */
  moved(): void {
    this.movedAt = this.options.clock.now();
  }

  /** Fails what waits and what is out with `error`, and frees the address. */
  async close(error: RxportError): Promise<void> {
    this.closed = error;
    for (let call = this.queue.shift(); call !== undefined; call = this.queue.shift())
      finish(call, { type: 'error', error });
    for (const { exchange } of this.workers.values()) exchange.abandon(error);
    this.deadlines.unsubscribe();
    this.watch.unsubscribe();
    await this.socket?.close();
  }

  private pump(): void {
    for (const worker of this.workers.values()) {
      if (this.queue.length === 0) return;
      while (worker.exchange.free) {
        const call = this.queue.shift();
        if (call === undefined) return;
        if (!call.cancelled) this.send(worker, call);
      }
    }
  }

  private send(worker: Worker, call: FunctionCall): void {
    worker.call = call;
    worker.expires = this.options.clock.now() + call.timeout;
    if (this.deadlines.closed) this.deadlines = every(this.options.clock, DEADLINE_STEP, () => this.expire());
    try {
      worker.exchange.ask(call.body, (answer) => {
        worker.call = undefined;
        this.answered(call, answer);
      });
    } catch (error) {
      // Over the limit of the peer: nothing has been written.
      worker.call = undefined;
      finish(call, { type: 'error', error: error as RxportError });
    }
  }

  private answered(call: FunctionCall, answer: Answer): void {
    if (answer.ok) {
      // First the next call: the plugin works on it while this reply is read.
      this.pump();
      finish(call, decodeReply(answer.body, this.address));
      return;
    }
    const lost = this.closed === undefined && answer.error.code === 'ERR_CHANNEL_CLOSED';
    if (lost && (call.whenLost === 'repeat' || !answer.sent)) {
      // Repeated once: a call that kills its process must not kill every one that follows.
      if (answer.sent) call.whenLost = 'error';
      this.queue.unshift(call);
      this.watchQueue();
    } else {
      finish(call, { type: 'error', error: lost ? callLost(this.options.symbol) : answer.error });
    }
  }

  private expire(): void {
    const now = this.options.clock.now();
    const workers = [...this.workers.values()];
    for (const { exchange, call, expires } of workers) {
      if (call !== undefined && now >= expires) exchange.abandon(callTimeout(this.options.symbol, call.timeout));
    }
    // Asked last: who hears of a timeout may submit the next call at once.
    if (workers.every(({ call }) => call === undefined)) this.deadlines.unsubscribe();
  }

  private watchQueue(): void {
    if (this.queue.length === 0 || !this.watch.closed) return;
    this.moved();
    this.watch = every(this.options.clock, LOOK_STEP, () => this.look());
  }

  /** Whether a call that waits has anything to wait for. */
  private look(): void {
    const { clock, symbol, stuck } = this.options;
    while (this.queue.at(0)?.cancelled === true) this.queue.shift();
    if (this.queue.length === 0) return this.watch.unsubscribe();
    for (const { call } of this.workers.values()) if (call !== undefined) this.moved();
    if (clock.now() - this.movedAt < STUCK_AFTER) return;
    this.moved();
    stuck?.(callStuck(symbol, STUCK_AFTER));
  }
}

function finish(call: FunctionCall, outcome: Outcome): void {
  if (!call.cancelled) call.done(outcome);
}
