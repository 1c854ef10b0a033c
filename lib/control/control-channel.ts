import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import {
  commandLost,
  commandTimeout,
  configInvalid,
  frameTooLarge,
  reasonOf,
  type RxportError,
  symbolRefused,
} from '../errors.js';
import { MAX_FRAME } from '../sp/pipe.js';
import { listenRep, type RepPeer, type RepSocket } from '../sp/rep.js';
import { type Control, encodeCommand, OK, type Verb } from '../wire/control.js';
import { decodeHandshake, type PeerInfo } from '../wire/handshake.js';
import { Exchange } from './exchange.js';

export interface ControlHandler {
  /** First frame of a process: it is ready, whatever the frame says. */
  handshake(info: PeerInfo): void;
  /** A command was not answered in time, or its connection went away. */
  unanswered(error: RxportError): void;
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

interface Pinned {
  readonly peer: RepPeer;
  readonly exchange: Exchange;
  heard: boolean;
}

/**
 * The control channel of one plugin. Bound for as long as the plugin is installed; processes come and go on it.
 *
 * Commands go out one at a time, in the order in which they were given: the SDKs run them serially.
 */
export class ControlChannel {
  private socket: RepSocket | undefined;
  /** The connection of the living process; a second one while it lives is a stranger. */
  private pinned: Pinned | undefined;
  private readonly queue: Pending[] = [];
  private current: Pending | undefined;
  /** Runs while a process that has lost its connection has not been heard again. */
  private redial: Subscription = Subscription.EMPTY;

  constructor(
    private readonly plugin: string,
    private readonly path: string,
    private readonly clock: Clock,
    private readonly handler: ControlHandler,
    /** Largest command that the process takes, in bytes; undefined when only our own limit holds. */
    private readonly maxSend: () => number | undefined = () => undefined,
  ) {}

  /** Rejects with `ERR_ADDRESS_IN_USE`, `ERR_CHANNEL_BIND`, `ERR_ADDRESS_TOO_LONG`. */
  async open(): Promise<void> {
    this.socket = await listenRep(
      this.path,
      { clock: this.clock },
      {
        opened: (peer) => this.opened(peer),
        request: (peer, body) => this.request(peer, body),
        closed: (peer) => this.closed(peer),
      },
    );
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
    const { pinned } = this;
    this.pinned = undefined;
    pinned?.exchange.lost(commandLost(this.plugin));
    pinned?.peer.close();
    for (const { reject } of pending) reject(commandLost(this.plugin));
  }

  async close(): Promise<void> {
    this.reset();
    await this.socket?.close();
  }

  private opened(peer: RepPeer): void {
    if (this.pinned !== undefined) peer.close();
    else this.pinned = { peer, exchange: new Exchange(peer, this.path), heard: false };
  }

  private request(peer: RepPeer, body: Buffer): void {
    const { pinned } = this;
    if (pinned?.peer !== peer) return;
    pinned.exchange.heard(body);
    if (!pinned.heard) {
      pinned.heard = true;
      this.redial.unsubscribe();
      this.handler.handshake(decodeHandshake(body.toString()));
    }
    this.pump();
  }

  private closed(peer: RepPeer): void {
    const { pinned } = this;
    if (pinned?.peer !== peer) return;
    this.pinned = undefined;
    const error = commandLost(this.plugin);
    this.redial.unsubscribe();
    // Nobody can tell whether the command was carried out: only a new process is in a known state.
    if (this.current !== undefined) this.handler.unanswered(error);
    // Without one it may dial again, but not never: commands wait.
    else this.redial = after(this.clock, REDIAL_TIMEOUT, () => this.handler.unanswered(error));
    pinned.exchange.lost(error);
  }

  private pump(): void {
    const exchange = this.pinned?.exchange;
    if (exchange === undefined || this.current !== undefined || !exchange.free) return;
    const pending = this.queue.shift();
    if (pending !== undefined) this.send(exchange, pending);
  }

  private send(exchange: Exchange, pending: Pending): void {
    const { verb, symbol, body, timeout } = pending;
    const limit = this.maxSend() ?? MAX_FRAME;
    const bytes = ID_BYTES + Buffer.byteLength(body);
    if (bytes > limit) {
      pending.reject(frameTooLarge(this.path, bytes, limit));
      return this.pump();
    }
    this.current = pending;
    const expiry = after(this.clock, timeout, () => {
      const error = commandTimeout(this.plugin, verb, symbol, timeout);
      exchange.abandon(error);
      this.handler.unanswered(error);
    });
    exchange.ask(body, (answer) => {
      expiry.unsubscribe();
      this.current = undefined;
      if (!answer.ok) pending.reject(answer.error);
      else settle(pending, answer.body.toString(), this.plugin);
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
