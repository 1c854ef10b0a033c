import { Subscription } from 'rxjs';
import { after, pause } from '../clock.js';
import type { RxportError } from '../errors.js';
import type { ChannelOptions, PullOptions, PullSocket, Transport } from '../sp/transport.js';
import { taken } from '../stage.js';
import { decodeSourceBatch, decodeSourceFrame, type Parse, type SourceFrame } from '../wire/source.js';
import { isBatch } from '../wire/source-batch.js';
import { FrameGate } from './frame-gate.js';
import { Pacer } from './pacer.js';
import { Succession } from './succession.js';

/** What the data channel of a source says, on the tick on which it happens. */
export interface SourceHandler {
  tuple(message: unknown, meta: Readonly<Record<string, unknown>>): void;
  /** The next tuple has so many characters: told when it is large, and once when the next is not. */
  size?(characters: number): void;
  /** An error frame: the source says that something went wrong, and goes on; it has dropped so many values for it. */
  reported(text: string, dropped?: number): void;
  /** A frame that can not be read. */
  invalid(error: RxportError): void;
  /** The source has said that it is done. */
  complete(): void;
  /** A connection has ended inside a frame, or on something that can not be read. */
  broken(error: RxportError): void;
  /** The plugin has opened its end. */
  opened?(): void;
  /** The plugin has closed its end: without a STOP of ours, the source has died. */
  ended(): void;
}

export interface SourceChannelOptions extends ChannelOptions {
  readonly transport: Transport;
  /** In place of `JSON.parse` and its tolerance for `NaN` and `Infinity`, for the text of a frame. */
  readonly parse?: Parse | undefined;
  /** Whether the source waits when it is not read, for as long as that takes; the stock SDKs do not. Default no. */
  readonly patient?: () => boolean;
}

/** The data channel of one running source: PULL, bound before START. */
export interface SourceChannel {
  /** True while the plugin has its end open. */
  readonly connected: boolean;
  /** The rule has more than it can work off: not read until `resume`, or in gulps where the source is not patient. */
  pause(): void;
  resume(): void;
  /**
   * Reads whatever the rule holds: the source is about to be stopped. Handed on is only what the rule takes. When 64 Mi
   * characters wait for it, a patient source waits again; of others the oldest go on all the same.
   */
  collect(): void;
  /**
   * After that: reads no more, and resolves when the rule has taken what was read. A source that waits is read to its end
   * before.
   */
  delivered(): Promise<void>;
  /** Nobody takes it any longer: hands on what waits at once. */
  flush(): void;
  /**
   * Resolves true when the plugin has closed its end and everything was read, or when the source waits, which `delivered`
   * sees to; false after `timeout` ms. Over a transport that does not notice the close, silence stands for it.
   */
  drained(timeout: number): Promise<boolean>;
  /** The source changes processes: who connects from now on waits, 400 ms at most. */
  handOver(): void;
  /** The old one has answered STOP. Where the transport does not tell its peers apart, resolves when nothing comes of it. */
  settled(): Promise<void>;
  /**
   * The newcomer was sent START: reads the earlier connections to their end, 400 ms at most, then the newcomer. Resolves
   * false when nobody has come within a second, or nobody is left.
   */
  takeOver(): Promise<boolean>;
  close(): Promise<void>;
}

/** Milliseconds that a newcomer may be held back: the stock SDKs give up on a send after a second. */
const HOLD = 400;
/** Milliseconds for a newcomer to connect, which the SDKs do before their `ok`. */
const ARRIVAL = 1_000;

/** Characters of a large tuple. */
const LARGE = 16_384;

/** Milliseconds without a frame after which a stopped source that has waited, and is read again, is not waited for any more. */
const REST = 1_500;

/** So many milliseconds without a frame are silence: the tail of a stopped source comes within a few. */
const SILENCE = 100;

/** One change of processes. */
class Hand {
  /** Aborted when the earlier connections have ended. */
  readonly tail = new AbortController();
  /** Aborted when somebody new has connected. */
  readonly newcomer = new AbortController();
  private fuse = Subscription.EMPTY;

  arrived(fuse: Subscription): void {
    if (this.newcomer.signal.aborted) return fuse.unsubscribe();
    this.fuse = fuse;
    this.newcomer.abort();
  }

  end(): void {
    this.fuse.unsubscribe();
  }
}

/** Rejects with `ERR_CHANNEL_BIND`, `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_TOO_LONG`. */
export async function openSourceChannel(
  address: string,
  options: SourceChannelOptions,
  handler: SourceHandler,
): Promise<SourceChannel> {
  const { transport, parse, clock } = options;
  let empty = new AbortController();
  let received = 0;
  let large = false;
  let hand = new Hand();
  /** It changes processes. */
  let moving = false;
  /** It is read to its end, for good. */
  let stopping = false;
  const restore = (): void => {
    if (!stopping) pacer.restore();
  };
  const gate = new FrameGate<SourceFrame>(
    () => socket,
    (frame) => tell(handler, frame),
    options.inContext,
  );
  const inTurn: PullOptions = { ...options, inTurn: true };
  const socket: PullSocket = await transport.pull(address, inTurn, {
    text(text) {
      received += 1;
      const frames = isBatch(text) ? decodeSourceBatch(text, address, parse) : undefined;
      if (text.length > LARGE || large) {
        const size = text.length / Math.max(1, frames?.length ?? 1);
        if (size > LARGE || large) handler.size?.(size);
        large = size > LARGE;
      }
      if (frames !== undefined) gate.take(frames, text.length);
      else gate.takeOne(decodeSourceFrame(text, address, parse), text.length);
    },
    peerOpened() {
      empty = new AbortController();
      handler.opened?.();
      if (!moving) return succession.opened();
      if (socket.held > 0) hand.arrived(after(clock, HOLD, () => socket.release()));
    },
    peerRefused: (error) => handler.broken(error),
    peerClosed(left, error) {
      if (error !== undefined && error.code !== 'ERR_CHANNEL_CLOSED') handler.broken(error);
      succession.closed();
      if (left === socket.held) hand.tail.abort();
      if (left > 0) return;
      empty.abort();
      handler.ended();
    },
  });
  const patient = options.patient ?? (() => false);
  const pacer = new Pacer(gate, clock, patient);
  const succession = new Succession(clock, () => socket, { collect: () => pacer.collect(true), restore });
  const silent = async (timeout: number): Promise<boolean> => {
    for (const until = clock.now() + timeout; clock.now() + SILENCE <= until;) {
      const before = received;
      await pause(clock, SILENCE);
      if (received === before && !gate.full) return true;
    }
    return false;
  };
  /** It has more, and is read as the rule takes what has come. */
  const waits = (): boolean => gate.full && patient();
  const ended = async (timeout: number): Promise<boolean> => {
    if (!transport.capabilities.peerClose) return silent(timeout);
    if (socket.peers > 0) await pause(clock, timeout, empty.signal);
    return socket.peers === 0;
  };
  /** How long it takes is up to the machine. When nobody takes it any longer it is not waited for as long as it comes. */
  const rest = async (): Promise<void> => {
    let before: number;
    do before = received;
    while (!(await ended(REST)) && received > before && !waits() && !gate.flushed);
  };
  return {
    get connected() {
      return socket.peers > 0;
    },
    pause: () => pacer.pause(),
    resume: () => pacer.resume(),
    collect() {
      stopping = true;
      pacer.collect();
    },
    async delivered() {
      while (waits()) {
        await gate.room();
        await rest();
      }
      gate.seal();
      return taken(gate);
    },
    flush: () => gate.flush(),
    drained: async (timeout) => waits() || (await ended(timeout)) || waits(),
    handOver() {
      succession.end();
      moving = true;
      // Its process will not wait for the rule.
      pacer.collect(true);
      hand = new Hand();
      if (socket.peers === 0) hand.tail.abort();
      socket.hold();
    },
    async settled() {
      if (!transport.capabilities.manyPeers) await silent(HOLD);
    },
    async takeOver() {
      const { newcomer, tail } = hand;
      if (transport.capabilities.manyPeers) {
        if (!newcomer.signal.aborted) await pause(clock, ARRIVAL, newcomer.signal);
        if (!tail.signal.aborted) await pause(clock, HOLD, tail.signal);
        hand.end();
        socket.release();
      }
      moving = false;
      restore();
      return !transport.capabilities.manyPeers || (newcomer.signal.aborted && socket.peers > 0);
    },
    async close() {
      pacer.close();
      succession.close();
      hand.end();
      await socket.close();
    },
  };
}

function tell(handler: SourceHandler, frame: SourceFrame): void {
  switch (frame.type) {
    case 'tuple':
      return handler.tuple(frame.message, frame.meta);
    case 'error':
      return handler.reported(frame.text, frame.dropped);
    case 'invalid':
      return handler.invalid(frame.error);
    case 'complete':
      return handler.complete();
  }
}
