import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { Lines } from './output.js';

/** Lines that are taken at once, and how many more each second; a long one counts for one each so many characters. */
const BURST = 10_000;
export const PER_SECOND = 1_000;
const LONG = 256;

/** Milliseconds for which what comes is left out once that is too much: the first time, and where that goes on for long. */
const GAP = 1_000;
const LONG_GAP = 32_000;
/** Milliseconds between two of them after which the next is a first one. */
const CALM = 10_000;
/** Lines before its end that are taken all the same, of so many bytes: what a process says last is why it died. */
const LAST_LINES = 50;
const LAST_BYTES = 65_536;
/** Milliseconds between two reads meanwhile: a flood then costs its reader little, and who prints waits no longer. */
const REST = 5;
/** Bytes between two looks at the allowance. */
const SLICE = 8_192;

const NEWLINE = 10;

/** The part of a stream that is needed of it. */
export interface Printed {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

export interface OutputReaderOptions {
  readonly clock: Clock;
  readonly line: (text: string) => void;
  /** So many bytes are left out between the last line and the next one. */
  readonly leftOut: (bytes: number) => void;
}

/**
 * The lines that a process prints, read for as long as it prints. One that prints more than anybody reads would take the time
 * of all others: beyond its allowance, output is left out, a second and then for longer each time, but for the last lines of it.
 */
export class OutputReader {
  private readonly lines = new Lines((text) => this.take(text));
  private allowance = BURST;
  private seen: number;
  private gap = Subscription.EMPTY;
  private length = GAP;
  private resumed = -Infinity;
  private rest = Subscription.EMPTY;
  /** How much is left out, and the newest of that. */
  private bytes = 0;
  private last: Buffer[] = [];
  private held = 0;
  private ended = false;

  constructor(
    private readonly stream: Printed,
    private readonly options: OutputReaderOptions,
  ) {
    this.seen = options.clock.now();
    stream.on('data', (chunk) => this.read(chunk));
  }

  /** Nobody prints any more, or nobody listens: what there is of a last line counts. */
  end(): void {
    if (this.ended) return;
    if (!this.gap.closed) this.resume();
    this.lines.end();
    this.ended = true;
    this.rest.unsubscribe();
    // Read on all the same: who still writes would wait for ever.
    this.stream.resume();
  }

  private read(chunk: Buffer): void {
    if (this.ended) return;
    for (let at = 0; at < chunk.length; at += SLICE) {
      if (!this.gap.closed || this.isSpent()) return this.leaveOut(chunk.subarray(at));
      this.lines.push(chunk.subarray(at, at + SLICE));
    }
  }

  private take(text: string): void {
    this.allowance -= 1 + Math.floor(text.length / LONG);
    this.options.line(text);
  }

  private isSpent(): boolean {
    const now = this.options.clock.now();
    this.allowance = Math.min(BURST, this.allowance + ((now - this.seen) * PER_SECOND) / 1_000);
    this.seen = now;
    return this.allowance <= 0;
  }

  private leaveOut(chunk: Buffer): void {
    const { clock } = this.options;
    if (this.gap.closed) {
      this.length = clock.now() - this.resumed < CALM ? Math.min(2 * this.length, LONG_GAP) : GAP;
      this.gap = after(clock, this.length, () => this.resume());
    }
    this.bytes += chunk.length;
    this.last.push(chunk);
    this.held += chunk.length;
    while (this.held - (this.last[0]?.length ?? 0) >= LAST_BYTES) this.held -= this.last.shift()?.length ?? 0;
    this.stream.pause();
    this.rest.unsubscribe();
    this.rest = after(clock, REST, () => this.stream.resume());
  }

  private resume(): void {
    this.gap.unsubscribe();
    this.resumed = this.options.clock.now();
    const text = Buffer.concat(this.last);
    const last = text.subarray(lastLinesOf(text, this.bytes === text.length));
    if (this.bytes > last.length) {
      // The begin of a line whose end is left out.
      this.lines.end();
      this.options.leftOut(this.bytes - last.length);
    }
    this.last = [];
    this.bytes = this.held = 0;
    this.lines.push(last);
  }
}

/** Where the last lines begin; `whole` says that what comes before `text` was taken. */
function lastLinesOf(text: Buffer, whole: boolean): number {
  let at = text.length;
  for (let lines = 0; lines <= LAST_LINES && at >= 0; lines += 1) at = at > 0 ? text.lastIndexOf(NEWLINE, at - 1) : -1;
  if (at >= 0) return at + 1;
  if (whole) return 0;
  return text.includes(NEWLINE) ? text.indexOf(NEWLINE) + 1 : Math.max(0, text.length - LONG);
}
