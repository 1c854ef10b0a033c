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

export interface RawListener {
  /** Peers can dial. */
  readonly bound: Promise<void>;
  close(): Promise<void>;
}

/** A PULL that hands on each payload as a part of a chunk. */
export const listenRawPull = (path: string, frame: (chunk: Buffer, start: number, end: number) => void): RawListener =>
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

function readFrames(socket: Socket, frame: (chunk: Buffer, start: number, end: number) => void): void {
  let rest: Buffer | undefined;
  let greeted = false;
  socket.on('data', (data: Buffer) => {
    const chunk = rest === undefined ? data : Buffer.concat([rest, data]);
    let at = 0;
    if (!greeted) {
      greeted = true;
      at = 8;
    }
    while (chunk.length - at >= HEADER) {
      const start = at + HEADER;
      const end = start + chunk.readUInt32BE(at + 5);
      if (end > chunk.length) break;
      frame(chunk, start, end);
      at = end;
    }
    rest = at < chunk.length ? chunk.subarray(at) : undefined;
  });
}

/** A REP that asks its one requester one question at a time. */
export class RawRep {
  private socket: Socket | undefined;
  private readonly id = Buffer.alloc(4);
  private readonly block = Buffer.allocUnsafeSlow(64 * 1024);
  private readonly listener: RawListener;
  private answered: ((reply: string) => void) | undefined;

  /** `opened` hears of the first request, which answers nothing. */
  constructor(path: string, opened: () => void) {
    this.listener = listen(path, REP, (socket) => {
      readFrames(socket, (chunk, start, end) => {
        // A Go plugin repeats what it has said, once a minute.
        if (this.id.compare(chunk, start, start + 4) === 0) return;
        chunk.copy(this.id, 0, start, start + 4);
        const { answered } = this;
        this.answered = undefined;
        answered?.(chunk.toString('utf8', start + 4, end));
        if (this.socket === undefined) opened();
        this.socket = socket;
      });
    });
  }

  ask(question: string, answered: (reply: string) => void): void {
    this.answered = answered;
    const { block } = this;
    const length = 4 + block.write(question, HEADER + 4);
    writeHeader(block, 0, length);
    this.id.copy(block, HEADER);
    this.socket?.write(block.subarray(0, HEADER + length));
  }

  get bound(): Promise<void> {
    return this.listener.bound;
  }

  close(): Promise<void> {
    return this.listener.close();
  }
}

/** A PUSH that writes what `next` gives as fast as the peer reads, 64 KiB at a time. */
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
    const block = Buffer.allocUnsafeSlow(64 * 1024);
    let at = 0;
    let frames = 0;
    while (at < block.length - 1024) {
      const length = block.write(JSON.stringify(this.next()), at + HEADER);
      writeHeader(block, at, length);
      at += HEADER + length;
      frames += 1;
    }
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
