import { Subscription } from 'rxjs';
import { type Clock, deadline } from '../clock.js';
import {
  commandLost,
  commandTimeout,
  configInvalid,
  frameTooLarge,
  reasonOf,
  type RxportError,
  symbolRefused,
} from '../errors.js';
import { MAX_FRAME } from '../sp/limits.js';
import type { RepPeer } from '../sp/rep.js';
import { type Control, encodeCommand, OK, type Verb } from '../wire/control.js';
import { decodeHandshake, type PeerInfo } from '../wire/handshake.js';
import { Exchange, isKeepalive } from './exchange.js';

export interface LineHandler {
  /** First frame of a process: it is ready. */
  handshake(info: PeerInfo): void;
  /** A command was not answered in time, or its connection went away. */
  unanswered(error: RxportError): void;
  /** The process has said something; `unasked` when it was a keepalive. */
  heard(unasked: boolean): void;
}

export interface LineOptions {
  readonly plugin: string;
  readonly path: string;
  readonly clock: Clock;
  /** Largest command that the process takes, in bytes; undefined when only our own limit holds. */
  readonly maxSend: () => number | undefined;
  /** Somebody else starts its process: that may have been heard by another host before, and its connection is its life. */
  readonly byHand?: boolean | undefined;
}

/** The Go SDK dials a lost connection again after at most 5 s, and then says something. */
const REDIAL_TIMEOUT = 10_000;
/** The request id in front of a command. */
const ID_BYTES = 4;

interface Pending {
  readonly verb: Verb;
  readonly symbol: string;
  readonly body: string;
  readonly timeout: number;
  readonly resolve: () => void;
  readonly reject: (error: RxportError) => void;
}

/**
 * The control channel as one process of a plugin has it: one connection at a time, and the commands on it.
 *
 * Commands go out one at a time, in the order in which they were given: the SDKs run them serially.
 */
export class ControlLine {
  private exchange: Exchange | undefined;
  private peer: RepPeer | undefined;
  private phase: 'closed' | 'expecting' | 'connected' = 'closed';
  private readonly queue: Pending[] = [];
  private current: Pending | undefined;
  /** Runs while a process that has lost its connection has not been heard again. */
  private redial: Subscription = Subscription.EMPTY;
  private heardBefore = false;
  /** The first frame of a connection says who is there, and is no keepalive. */
  private greeted = false;
  private lastTrouble: RxportError | undefined;

  constructor(
    private readonly options: LineOptions,
    private readonly handler: LineHandler,
  ) {}

  /** True while its process lives and has no connection. */
  get expecting(): boolean {
    return this.phase === 'expecting';
  }

  /** True when its process has been heard: what it says next is no first word. */
  get known(): boolean {
    return this.heardBefore;
  }

  /** True when its process may say anything first. */
  get byHand(): boolean {
    return this.options.byHand === true;
  }

  /** True while a command is out: the SDKs say nothing else meanwhile. */
  get busy(): boolean {
    return this.current !== undefined;
  }

  /** What went wrong with a connection since the process was expected, if anything did. */
  get trouble(): RxportError | undefined {
    return this.lastTrouble;
  }

  noteTrouble(error: RxportError): void {
    this.lastTrouble = error;
  }

  has(peer: RepPeer): boolean {
    return this.peer === peer;
  }

  /** A process comes. */
  expect(): void {
    this.lastTrouble = undefined;
    this.phase = 'expecting';
  }

  /** The connection is this process's. */
  connect(peer: RepPeer): void {
    this.phase = 'connected';
    this.peer = peer;
    this.greeted = false;
    this.exchange = new Exchange(peer, this.options.path);
    this.redial.unsubscribe();
  }

  /** A new request on its connection. */
  request(body: Buffer): void {
    this.exchange?.heard(body);
    if (!this.heardBefore) {
      this.heardBefore = true;
      this.handler.handshake(decodeHandshake(body.toString()));
    }
    this.handler.heard(this.greeted && !this.busy && isKeepalive(body));
    this.greeted = true;
    this.pump();
  }

  /** Its connection is gone, and its process may not be. */
  disconnected(): void {
    const { exchange } = this;
    if (exchange === undefined) return;
    const { plugin, clock } = this.options;
    const error = commandLost(plugin);
    this.exchange = this.peer = undefined;
    this.phase = 'expecting';
    // Nobody can tell whether the command was carried out: only a new process is in a known state.
    if (this.current !== undefined || this.byHand) this.handler.unanswered(error);
    // Without one it may dial again, but not never: commands wait.
    else this.redial = deadline(clock, REDIAL_TIMEOUT, () => this.handler.unanswered(error));
    exchange.lost(error);
  }

  /**
   * Resolves on `ok`. Rejects with `ERR_SYMBOL_REFUSED`, with `ERR_CONFIG_INVALID` or `ERR_FRAME_TOO_LARGE` when it can
   * not be sent, with `ERR_COMMAND_TIMEOUT`, or with `ERR_COMMAND_LOST` when the process or its connection goes first.
   */
  async command(verb: Verb, control: Control, timeout: number): Promise<void> {
    const symbol = control.symbolName;
    const body = this.encode(verb, control);
    return new Promise((resolve, reject) => {
      this.queue.push({ verb, symbol, body, timeout, resolve, reject });
      this.pump();
    });
  }

  /** The process is gone: no command of the past reaches the next one. */
  reset(): void {
    this.redial.unsubscribe();
    const pending = this.queue.splice(0);
    const { exchange, peer } = this;
    const error = commandLost(this.options.plugin);
    this.phase = 'closed';
    this.heardBefore = false;
    this.exchange = this.peer = undefined;
    exchange?.lost(error);
    peer?.close();
    for (const { reject } of pending) reject(error);
  }

  private pump(): void {
    const { exchange } = this;
    if (exchange === undefined || this.current !== undefined || !exchange.free) return;
    const pending = this.queue.shift();
    if (pending !== undefined) this.send(exchange, pending);
  }

  private send(exchange: Exchange, pending: Pending): void {
    const { verb, symbol, body, timeout } = pending;
    const { plugin, path, clock, maxSend } = this.options;
    const limit = maxSend() ?? MAX_FRAME;
    const bytes = ID_BYTES + Buffer.byteLength(body);
    if (bytes > limit) {
      pending.reject(frameTooLarge(path, bytes, limit));
      return this.pump();
    }
    this.current = pending;
    const expiry = deadline(clock, timeout, () => {
      const error = commandTimeout(plugin, verb, symbol, timeout);
      exchange.abandon(error);
      this.handler.unanswered(error);
    });
    exchange.ask(body, (answer) => {
      expiry.unsubscribe();
      this.current = undefined;
      if (!answer.ok) pending.reject(answer.error);
      else settle(pending, answer.body.toString(), plugin);
    });
  }

  /** A configuration is the user's: it may hold what JSON can not. */
  private encode(verb: Verb, control: Control): string {
    try {
      return encodeCommand(verb, control);
    } catch (cause) {
      throw configInvalid(`${verb} ${control.symbolName}`, [`its configuration has no JSON: ${reasonOf(cause)}`]);
    }
  }
}

function settle({ verb, symbol, resolve, reject }: Pending, text: string, plugin: string): void {
  // A symbol that is not there is as stopped as can be.
  if (text === OK || (verb === 'stop' && text.includes('not found'))) resolve();
  else reject(symbolRefused(plugin, verb, symbol, text));
}
