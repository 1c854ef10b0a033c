import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { reasonOf, type RxportError } from '../errors.js';
import { dialReq, type ReqSocket } from '../sp/req.js';
import { HANDSHAKE } from '../wire/handshake.js';

/** Milliseconds of silence before the last answer is replaced by a keepalive, as in the stock SDKs. */
const KEEPALIVE = 5_000;

export interface AnswerLoopOptions {
  readonly clock: Clock;
  /** How long to go on dialling, in milliseconds; 0 tries once. */
  readonly timeout: number;
  /** What the plugin says first. */
  readonly first: string;
  /** The answer to a message of the host; must not throw or reject. */
  readonly answer: (body: Buffer) => string | Promise<string>;
  /** Stands for an answer that is too large to be sent. */
  readonly failure: (text: string) => string;
  /** The host has gone. */
  readonly closed: () => void;
}

/**
 * The plugin's end of a control or function channel. Roles are inverted there: the plugin's request carries its answer
 * to the host's last reply.
 *
 * After 5 s of silence it asks anew with exactly `handshake`, under a new id: an answer that got lost is asked for again.
 */
export class AnswerLoop {
  private socket: ReqSocket | undefined;
  private timer = Subscription.EMPTY;
  private askedAt = 0;
  /** A message of the host is being worked on. */
  private busy = false;
  /** Called after the answer that is being worked on. */
  private leave: (() => void) | undefined;
  private ended = false;

  private constructor(private readonly options: AnswerLoopOptions) {}

  /** Rejects with `ERR_CHANNEL_DIAL`, `ERR_GREETING`, `ERR_ADDRESS_TOO_LONG`. */
  static async open(address: string, options: AnswerLoopOptions): Promise<AnswerLoop> {
    const loop = new AnswerLoop(options);
    loop.socket = await dialReq(address, options, {
      reply: (body) => loop.heard(body),
      closed: () => loop.lost(),
    });
    loop.ask(options.first);
    loop.watch(KEEPALIVE);
    return loop;
  }

  /** Closes after the answer that is being worked on. */
  async stop(): Promise<void> {
    if (this.busy && !this.ended) await new Promise<void>((resolve) => (this.leave = resolve));
    this.end();
    this.socket?.end();
  }

  /** Closes now. */
  kill(): void {
    this.end();
    this.socket?.close();
  }

  private heard(body: Buffer): void {
    this.busy = true;
    const answer = this.options.answer(body);
    if (typeof answer === 'string') this.ask(answer);
    else void answer.then((text) => this.ask(text));
  }

  private ask(text: string): void {
    this.busy = false;
    if (this.ended) return;
    this.askedAt = this.options.clock.now();
    this.send(text);
    this.leave?.();
  }

  private send(text: string): void {
    try {
      this.socket?.request(text);
    } catch (error) {
      // A closed channel says so itself.
      if ((error as RxportError).code !== 'ERR_FRAME_TOO_LARGE') return;
      this.socket?.request(this.options.failure(reasonOf(error)));
    }
  }

  /** One timer that is set late instead of one per answer. */
  private watch(delay: number): void {
    const { clock } = this.options;
    this.timer = after(clock, delay, () => {
      const silence = this.busy ? 0 : clock.now() - this.askedAt;
      // A stock host does not read while it has nothing to say: what does not leave is not added to.
      if (silence < KEEPALIVE) this.watch(KEEPALIVE - Math.max(0, silence));
      else {
        if (this.socket?.pending === 0) this.ask(HANDSHAKE);
        this.watch(KEEPALIVE);
      }
    });
  }

  private lost(): void {
    if (this.ended) return;
    this.end();
    this.leave?.();
    this.options.closed();
  }

  private end(): void {
    this.ended = true;
    this.timer.unsubscribe();
  }
}
