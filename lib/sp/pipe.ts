import type { Socket } from 'node:net';
import { channelClosed, frameInvalid, greetingInvalid, reasonOf, RxportError } from '../errors.js';
import { FrameDecoder } from './frame-decoder.js';
import { FrameWriter } from './frame-writer.js';
import { checkSize, HIGH_WATER, MAX_FRAME } from './limits.js';
import { PeerGreeting } from './peer-greeting.js';
import type { PipeOptions } from './pipe-options.js';
import { greeting, type Protocol } from './protocol.js';
import { SocketReader } from './socket-reader.js';

/** What a pipe tells its owner. Every callback runs on the socket's tick and must not throw. */
export interface PipeHandler {
  /** Greetings are exchanged. */
  opened(pipe: Pipe): void;
  /** One whole frame. A view of what was read: it keeps the whole chunk in memory. */
  frame?(pipe: Pipe, payload: Buffer): void;
  /** In place of `frame`: the payload as text, which costs less than a view of its bytes. */
  text?(pipe: Pipe, text: string): void;
  /** The kernel has taken this many more frames. */
  accepted?(pipe: Pipe, frames: number): void;
  /** After `send` answered false: there is room again. */
  drained?(pipe: Pipe): void;
  /** Once, after the last frame; `error` says why when it was not an orderly end. Also for a pipe that never opened. */
  closed(pipe: Pipe, error: RxportError | undefined): void;
}

/** One connection between two SP sockets: greeting, framing, pause, half-close. */
export class Pipe {
  private readonly decoder: FrameDecoder;
  private readonly writer: FrameWriter;
  private readonly reader: SocketReader;
  private maxSend = MAX_FRAME;
  /** Undefined once it has come. */
  private greeting: PeerGreeting | undefined;
  private state: 'greeting' | 'open' | 'closing' | 'closed' = 'greeting';
  private delivering = false;
  /** Frames handed on of the chunk at hand. */
  private frames = 0;
  private full = false;
  /** No more is sent. */
  private ended = false;
  /** The peer sends no more, and waits for our side to close. */
  private heardOut = false;
  /** The socket has closed; frames may still wait behind a pause. */
  private gone = false;
  private error: RxportError | undefined;

  constructor(
    private readonly socket: Socket,
    protocol: Protocol,
    readonly address: string,
    private readonly options: PipeOptions,
    private readonly handler: PipeHandler,
  ) {
    const maxFrame = options.maxFrame ?? MAX_FRAME;
    this.limit(options.maxSend?.());
    this.decoder = new FrameDecoder(address, maxFrame);
    this.writer = new FrameWriter(socket, (frames) => this.accepted(frames));
    this.reader = new SocketReader(socket, options.clock, protocol === 'pull');
    const wrong = (problem: string): void => this.destroy(greetingInvalid(address, problem));
    this.greeting = new PeerGreeting(protocol, options.clock, wrong, options.greetingTimeout);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('drain', () => this.onDrain());
    socket.on('error', (cause) => (this.error ??= this.endError(cause)));
    socket.on('close', () => this.onGone());
    if (options.closeWhenFlowing === true) {
      socket.allowHalfOpen = true;
      socket.on('end', this.onEnd);
    }
    socket.write(greeting(protocol));
  }

  /** True while frames can be sent. */
  get open(): boolean {
    return this.state === 'open' && !this.ended && !this.gone;
  }

  /** Bytes on their way to the kernel. */
  get pending(): number {
    return this.writer.pending;
  }

  /** Largest payload sent from now on, in bytes; undefined is our own limit. */
  limit(maxSend: number | undefined): void {
    this.maxSend = maxSend ?? this.options.maxFrame ?? MAX_FRAME;
  }

  /**
   * Sends one frame; false asks the caller to wait for `drained`. Throws `ERR_FRAME_TOO_LARGE`, and
   * `ERR_CHANNEL_CLOSED` on a pipe that is not open.
   */
  send(body: string | Uint8Array, header?: Buffer): boolean {
    if (!this.open) throw channelClosed(this.address);
    checkSize(this.address, body, header?.length ?? 0, this.maxSend);
    this.writer.write(body, header);
    if (this.writer.pending < HIGH_WATER) return true;
    this.full = true;
    return false;
  }

  /** Stops handing on frames, within a chunk too; the kernel's buffer fills and the peer blocks. */
  pause(): void {
    this.reader.pause();
  }

  /** Hands on what has come up to now, from the kernel's buffer too, and pauses again. */
  readOut(): void {
    if (this.reader.paused) this.flow(true);
  }

  resume(): void {
    this.flow(false);
  }

  private flow(gulp: boolean): void {
    this.reader.release(gulp);
    // From within a callback the loop that called it goes on: a second one would overtake the frame at hand.
    if (!this.delivering) this.deliver();
    if (this.reader.paused) return;
    if (!this.gone) this.reader.go();
    else if (!this.delivering) this.finish();
  }

  /** Half-close: what was sent still arrives, `closed` follows when the peer has read it and closes. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.writer.flush();
    this.socket.end();
  }

  /** Closes at once: what has not left is lost, and no frame is handed on any longer, not even of the same chunk. */
  destroy(error?: RxportError): void {
    this.error ??= error;
    if (this.state === 'open') this.state = 'closing';
    this.socket.destroy();
    if (this.gone) this.finish();
  }

  private receive(chunk: Buffer): void {
    if (this.greeting !== undefined) {
      const rest = this.greeting.take(chunk);
      if (rest === undefined) return;
      this.greeting = undefined;
      this.state = 'open';
      this.handler.opened(this);
      if (rest.length === 0) return;
      chunk = rest;
    }
    this.decoder.push(chunk);
    this.reader.came(chunk.length);
    this.frames = 0;
    this.deliver();
    this.reader.read(chunk.length, this.frames, this.decoder.truncated);
  }

  private readonly deliverAll = (): void => {
    this.delivering = true;
    try {
      // Asked per frame: the owner may pause or close within a chunk.
      while (!this.reader.paused && this.state === 'open' && this.handOn()) {
        this.frames += 1;
        this.reader.handedOn();
      }
    } catch (error) {
      this.destroy(error instanceof RxportError ? error : this.endError(error));
    }
    this.delivering = false;
    this.closeInTurn();
  };

  private deliver(): void {
    const { inContext } = this.options;
    if (inContext === undefined) this.deliverAll();
    else inContext(this.deliverAll);
  }

  /** False when there is no whole frame. */
  private handOn(): boolean {
    const { decoder, handler } = this;
    if (handler.text !== undefined) {
      const text = decoder.nextText();
      if (text === undefined) return false;
      handler.text(this, text);
    } else {
      const payload = decoder.next();
      if (payload === undefined) return false;
      handler.frame?.(this, payload);
    }
    return true;
  }

  private readonly onEnd = (): void => {
    this.heardOut = true;
    this.closeInTurn();
  };

  private closeInTurn(): void {
    if (this.heardOut && !this.reader.paused) this.end();
  }

  private accepted(frames: number): void {
    this.handler.accepted?.(this, frames);
    // What the kernel has taken within the write itself is followed by no `drain`, however much it was.
    if (!this.socket.writableNeedDrain && this.writer.pending < HIGH_WATER) this.onDrain();
  }

  private onDrain(): void {
    if (!this.full) return;
    this.full = false;
    this.handler.drained?.(this);
  }

  private onGone(): void {
    this.gone = true;
    this.reader.close();
    this.greeting?.end();
    // Whole frames may still wait behind a pause: `closed` comes after them.
    const waiting =
      this.reader.paused && this.state === 'open' && this.error === undefined && this.decoder.buffered > 0;
    if (!waiting) this.finish();
  }

  private finish(): void {
    if (this.state === 'closed') return;
    // A peer that was killed while it wrote.
    if (this.state === 'open' && this.decoder.truncated)
      this.error ??= frameInvalid(
        this.address,
        `the connection ended inside a frame, ${this.decoder.buffered} bytes in`,
      );
    this.state = 'closed';
    this.handler.closed(this, this.error);
  }

  private endError(cause: unknown): RxportError {
    return new RxportError('ERR_CHANNEL_CLOSED', `${this.address}: ${reasonOf(cause)}`, { cause });
  }
}
