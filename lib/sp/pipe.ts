import type { Socket } from 'node:net';
import type { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { channelClosed, frameTooLarge, greetingInvalid, reasonOf, RxportError } from '../errors.js';
import { FrameDecoder } from './frame-decoder.js';
import { FrameWriter } from './frame-writer.js';
import { greeting, GREETING_BYTES, greetingProblem, type Protocol } from './protocol.js';

export interface PipeOptions {
  readonly clock: Clock;
  /** Largest payload taken, in bytes; default 64 MiB. */
  readonly maxFrame?: number;
  /** Largest payload sent, in bytes, request id included; asked once per connection, default `maxFrame`. */
  readonly maxSend?: () => number | undefined;
  /** How long a peer may take for its greeting, in milliseconds; default 5,000. */
  readonly greetingTimeout?: number;
}

const MAX_FRAME = 64 * 1024 * 1024;
const GREETING_TIMEOUT = 5_000;
/** Above this many bytes on their way to the kernel `send` answers false. */
const HIGH_WATER = 256 * 1024;

/** What a pipe tells its owner. Every callback runs on the socket's tick and must not throw. */
export interface PipeHandler {
  /** Greetings are exchanged. */
  opened(pipe: Pipe): void;
  frame(pipe: Pipe, payload: Buffer): void;
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
  private readonly maxSend: number;
  private readonly deadline: Subscription;
  private greeted: Buffer | undefined = Buffer.alloc(0);
  private state: 'greeting' | 'open' | 'closed' = 'greeting';
  private paused = false;
  private full = false;
  private gone = false;
  private error: RxportError | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly protocol: Protocol,
    readonly address: string,
    options: PipeOptions,
    private readonly handler: PipeHandler,
  ) {
    const maxFrame = options.maxFrame ?? MAX_FRAME;
    this.maxSend = options.maxSend?.() ?? maxFrame;
    this.decoder = new FrameDecoder(address, maxFrame);
    this.writer = new FrameWriter(socket, (frames) => handler.accepted?.(this, frames));
    const timeout = options.greetingTimeout ?? GREETING_TIMEOUT;
    this.deadline = after(options.clock, timeout, () =>
      this.destroy(greetingInvalid(address, `the peer sent no greeting within ${timeout} ms`)),
    );
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('drain', () => this.onDrain());
    socket.on('error', (cause) => (this.error ??= this.endError(cause)));
    socket.on('close', () => this.onGone());
    socket.write(greeting(protocol));
  }

  get open(): boolean {
    return this.state === 'open';
  }

  /** Bytes on their way to the kernel. */
  get pending(): number {
    return this.writer.pending;
  }

  /**
   * Sends one frame; false asks the caller to wait for `drained`. Throws `ERR_FRAME_TOO_LARGE`, and
   * `ERR_CHANNEL_CLOSED` on a pipe that is not open.
   */
  send(body: string | Uint8Array, header?: Buffer): boolean {
    if (this.state !== 'open') throw channelClosed(this.address);
    this.checkSize(body, header?.length ?? 0);
    this.writer.write(body, header);
    if (this.writer.pending < HIGH_WATER) return true;
    this.full = true;
    return false;
  }

  /** Stops handing on frames, within a chunk too; the kernel's buffer fills and the peer blocks. */
  pause(): void {
    this.paused = true;
    this.socket.pause();
  }

  resume(): void {
    this.paused = false;
    this.deliver();
    if (this.paused) return;
    if (this.gone) this.finish();
    else this.socket.resume();
  }

  /** Half-close: what was sent still arrives, `closed` follows when the peer has read it and closes. */
  end(): void {
    this.writer.flush();
    this.socket.end();
  }

  /** Closes at once; what has not left is lost. */
  destroy(error?: RxportError): void {
    this.error ??= error;
    this.socket.destroy();
    if (this.gone) this.finish();
  }

  private checkSize(body: string | Uint8Array, prefix: number): void {
    // A UTF-16 unit takes at most three bytes: most strings need no count.
    if (prefix + body.length * 3 <= this.maxSend) return;
    const bytes = prefix + (typeof body === 'string' ? Buffer.byteLength(body) : body.length);
    if (bytes > this.maxSend) throw frameTooLarge(this.address, bytes, this.maxSend);
  }

  private receive(chunk: Buffer): void {
    if (this.greeted !== undefined) {
      const rest = this.greet(chunk, this.greeted);
      if (rest === undefined) return;
      chunk = rest;
    }
    this.decoder.push(chunk);
    this.deliver();
  }

  /** Takes the peer's greeting off the front; answers what follows it, or undefined until it is complete and right. */
  private greet(chunk: Buffer, before: Buffer): Buffer | undefined {
    const bytes = before.length === 0 ? chunk : Buffer.concat([before, chunk]);
    if (bytes.length < GREETING_BYTES) {
      this.greeted = bytes;
      return undefined;
    }
    const problem = greetingProblem(this.protocol, bytes);
    if (problem !== undefined) {
      this.destroy(greetingInvalid(this.address, problem));
      return undefined;
    }
    this.greeted = undefined;
    this.deadline.unsubscribe();
    this.state = 'open';
    this.handler.opened(this);
    return bytes.subarray(GREETING_BYTES);
  }

  private deliver(): void {
    try {
      // Asked per frame: the owner may pause or close within a chunk.
      while (!this.paused && this.state === 'open') {
        const payload = this.decoder.next();
        if (payload === undefined) return;
        this.handler.frame(this, payload);
      }
    } catch (error) {
      this.destroy(error instanceof RxportError ? error : this.endError(error));
    }
  }

  private onDrain(): void {
    if (!this.full) return;
    this.full = false;
    this.handler.drained?.(this);
  }

  private onGone(): void {
    this.gone = true;
    this.deadline.unsubscribe();
    // Whole frames may still wait behind a pause: `closed` comes after them.
    if (!this.paused || this.error !== undefined || this.decoder.buffered === 0) this.finish();
  }

  private finish(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.handler.closed(this, this.error);
  }

  private endError(cause: unknown): RxportError {
    return new RxportError('ERR_CHANNEL_CLOSED', `${this.address}: ${reasonOf(cause)}`, { cause });
  }
}
