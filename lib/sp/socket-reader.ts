import type { Socket } from 'node:net';
import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { MOST_GULP, READ_BYTES } from './limits.js';
import { ReadRhythm } from './read-rhythm.js';

/** How long a reader rests, in milliseconds. */
const REST = 1;

/** When a socket is read: not while its owner has paused it, in gulps where the owner wants some, and with rests in a flood. */
export class SocketReader {
  private held = false;
  /** What is there is read out, and no more. */
  private gulp = false;
  private gulped = 0;
  /** Bytes that were in the socket's own buffer when reading began again, and have not been read yet. */
  private ahead = 0;
  private readonly rhythm = new ReadRhythm();
  private rest = Subscription.EMPTY;
  /** What has come since the last rest. */
  private bytes = 0;
  private frames = 0;

  /** `rests`: the peer never waits for an answer, so that it may be left alone for a millisecond. */
  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
    private readonly rests: boolean,
  ) {}

  get paused(): boolean {
    return this.held;
  }

  pause(): void {
    this.held = true;
    this.gulp = false;
    this.rest.unsubscribe();
    this.socket.pause();
  }

  /** What has come may be handed on, and `go` reads on after that; for a `gulp` only what has come up to now. */
  release(gulp: boolean): void {
    this.held = false;
    this.gulp = gulp;
    this.gulped = 0;
    this.rest.unsubscribe();
  }

  go(): void {
    this.ahead = this.socket.readableLength;
    this.socket.resume();
  }

  /** A chunk has come. */
  came(bytes: number): void {
    this.gulped += bytes;
  }

  /** A whole frame was handed on: a writer that fills up the kernel's buffer meanwhile would never let a gulp end. */
  handedOn(): void {
    if (this.gulp && this.gulped > MOST_GULP) this.pause();
  }

  /** A chunk was handed on, as `frames` and perhaps a part of one. */
  read(bytes: number, frames: number, truncated: boolean): void {
    const fromKernel = this.ahead === 0;
    this.ahead = Math.max(0, this.ahead - bytes);
    if (this.gulp) {
      // A chunk that is not as long as it could be has emptied the kernel's buffer. Never inside a frame: its rest would
      // come a gulp later, and its sender may not wait for so long.
      if (fromKernel && bytes < READ_BYTES && !truncated) this.pause();
    } else if (this.rests && !this.held) this.pace(bytes, frames, fromKernel);
  }

  close(): void {
    this.rest.unsubscribe();
  }

  private pace(bytes: number, frames: number, fromKernel: boolean): void {
    this.bytes += bytes;
    this.frames += frames;
    // What lay in the socket's own buffer had come when the rest began.
    if (!fromKernel) return;
    const rests = this.rhythm.rests(this.clock.now(), this.bytes, this.frames);
    this.bytes = this.frames = 0;
    if (!rests) return;
    this.socket.pause();
    this.rest = after(this.clock, REST, () => this.go());
  }
}
