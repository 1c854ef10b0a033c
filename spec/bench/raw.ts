/**
 * The bounds: what a unix socket, the framing and JSON cost in Node, with as little around them as works.
 *
 * They check nothing, close nothing in order and know one peer: no host could be built like this.
 */
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';

const HEADER = 9;
const greeting = (protocol: number): Buffer => Buffer.from([0, 0x53, 0x50, 0, 0, protocol, 0, 0]);
const REP = 0x31;
const PUSH = 0x50;
const PULL = 0x51;

/** Small frames are written together up to this size, in bytes. */
const BLOCK = 64 * 1024;
/** Smaller frames share a block, which has room for one more of them as long as so much is left. */
const SMALL = 4 * 1024;

type OnFrame = (chunk: Buffer, start: number, end: number) => void;

export interface RawListener {
  /** Peers can dial. */
  readonly bound: Promise<void>;
  close(): Promise<void>;
}

/** A PULL that hands on each payload as a part of a chunk. */
export const listenRawPull = (path: string, frame: OnFrame): RawListener =>
  listen(path, PULL, (socket) => readFrames(socket, frame));

function listen(path: string, protocol: number, opened: (socket: Socket) => void): RawListener {
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(greeting(protocol));
    opened(socket);
  });
  return {
    bound: new Promise((resolve) => server.listen(path, resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A frame inside a chunk is a part of it; one that spans chunks is assembled once. */
function readFrames(socket: Socket, frame: OnFrame): void {
  let rest: Buffer | undefined;
  let spanning: Buffer | undefined;
  let filled = 0;
  let greeted = false;
  socket.on('data', (data: Buffer) => {
    const chunk = rest === undefined ? data : Buffer.concat([rest, data]);
    rest = undefined;
    let at = greeted ? 0 : 8;
    greeted = true;
    while (at < chunk.length) {
      if (spanning === undefined) {
        if (chunk.length - at < HEADER) {
          rest = chunk.subarray(at);
          return;
        }
        const start = at + HEADER;
        const length = chunk.readUInt32BE(at + 5);
        at = start + length;
        if (at <= chunk.length) {
          frame(chunk, start, at);
          continue;
        }
        spanning = Buffer.allocUnsafeSlow(length);
        filled = chunk.copy(spanning, 0, start);
        return;
      }
      const copied = chunk.copy(spanning, filled, at);
      filled += copied;
      at += copied;
      if (filled < spanning.length) return;
      const whole = spanning;
      spanning = undefined;
      frame(whole, 0, whole.length);
    }
  });
}

/** A REP that asks its one requester one question at a time. */
export class RawRep {
  private socket: Socket | undefined;
  private readonly id = Buffer.alloc(4);
  private readonly block = Buffer.allocUnsafeSlow(BLOCK);
  private readonly listener: RawListener;
  private question = '';
  private answered: ((reply: string) => void) | undefined;

  /** `opened` hears of the first request, which answers nothing. */
  constructor(path: string, opened: () => void) {
    this.listener = listen(path, REP, (socket) => {
      readFrames(socket, (chunk, start, end) => {
        // A Go plugin repeats what it has said, once a minute.
        if (this.id.compare(chunk, start, start + 4) === 0) return;
        chunk.copy(this.id, 0, start, start + 4);
        const first = this.socket === undefined;
        this.socket = socket;
        if (first) opened();
        else if (this.answered !== undefined) this.heard(chunk.toString('utf8', start + 4, end), this.answered);
      });
    });
  }

  /** For ASCII only: a character is a byte; so is it below. */
  ask(question: string, answered: (reply: string) => void): void {
    this.question = question;
    this.answered = answered;
    const room = HEADER + 4 + question.length;
    const block = room > BLOCK ? Buffer.allocUnsafeSlow(room) : this.block;
    const length = 4 + block.write(question, HEADER + 4);
    writeHeader(block, 0, length);
    this.id.copy(block, HEADER);
    this.socket?.write(block.subarray(0, HEADER + length));
  }

  /** Whoever was idle for five seconds shakes hands anew, and has not heard what was asked before. */
  private heard(reply: string, answered: (reply: string) => void): void {
    if (reply === 'handshake') return this.ask(this.question, answered);
    this.answered = undefined;
    answered(reply);
  }

  get bound(): Promise<void> {
    return this.listener.bound;
  }

  close(): Promise<void> {
    return this.listener.close();
  }
}

/** A PUSH that writes what `next` gives as fast as the peer reads, in blocks of 64 KiB or frame by frame. */
export class RawPush {
  /** Frames that the kernel has taken. */
  taken = 0;
  private readonly socket: Socket;
  private stopped = false;

  constructor(
    path: string,
    private readonly next: () => unknown,
  ) {
    this.socket = connect(path, () => this.pump());
    this.socket.on('error', () => undefined);
    this.socket.resume();
    this.socket.write(greeting(PUSH));
  }

  /** Resolves when the peer has read everything and closed. */
  end(): Promise<void> {
    this.stopped = true;
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.end();
    });
  }

  private pump(): void {
    if (this.stopped) return;
    let block = Buffer.allocUnsafeSlow(BLOCK);
    let at = 0;
    let frames = 0;
    let length: number;
    do {
      const text = JSON.stringify(this.next());
      if (frames === 0 && HEADER + text.length > BLOCK) block = Buffer.allocUnsafeSlow(HEADER + text.length);
      length = block.write(text, at + HEADER);
      writeHeader(block, at, length);
      at += HEADER + length;
      frames += 1;
    } while (length < SMALL && at < BLOCK - SMALL);
    // The callback comes on a later tick: timers and the measurement get their turn.
    this.socket.write(block.subarray(0, at), () => {
      this.taken += frames;
      setImmediate(() => this.pump());
    });
  }
}

function writeHeader(block: Buffer, at: number, length: number): void {
  block[at] = 1;
  block.writeUInt32BE(0, at + 1);
  block.writeUInt32BE(length, at + 5);
}
