/** The other end of a connection byte by byte, written down apart from `lib/sp`. */
import { afterEach } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Recorder } from './recorder.js';

export const PUSH = Buffer.from('00535000 0050 0000'.replaceAll(' ', ''), 'hex');
export const PULL = Buffer.from('00535000 0051 0000'.replaceAll(' ', ''), 'hex');
export const REQ = Buffer.from('00535000 0030 0000'.replaceAll(' ', ''), 'hex');
export const REP = Buffer.from('00535000 0031 0000'.replaceAll(' ', ''), 'hex');

/** `01`, eight bytes of length, the payload; `length` may lie. */
export function frame(payload: string | Uint8Array, length = BigInt(Buffer.from(payload).length)): Buffer {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(length, 1);
  return Buffer.concat([header, Buffer.from(payload)]);
}

/** `id` and, before it, the words that devices on the way have added. */
export function request(id: number, body: string, hops: readonly number[] = []): Buffer {
  const header = Buffer.alloc(4 * (hops.length + 1));
  [...hops, id].forEach((word, at) => header.writeUInt32BE(word, 4 * at));
  return frame(Buffer.concat([header, Buffer.from(body)]));
}

const open: (Socket | Server)[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) {
    if ('destroy' in one) one.destroy();
    else await new Promise((resolve) => one.close(resolve));
  }
});

export class RawPeer extends Recorder {
  private bytes = Buffer.alloc(0);
  /** What the other side opened with. */
  greeting: Buffer = Buffer.alloc(0);
  /** The other side has sent its end. */
  ended = false;
  closed = false;

  /** Connects, sends `greeting` if given, and takes the greeting of the other side. */
  static async dial(path: string, greeting?: Buffer): Promise<RawPeer> {
    const socket = connect(path);
    await once(socket, 'connect');
    const peer = new RawPeer(socket);
    if (greeting !== undefined) peer.socket.write(greeting);
    peer.greeting = await peer.read(8);
    return peer;
  }

  /** Listens on `path`; resolves with the listener, whose `next` gives the next connection as it comes. */
  static async listen(path: string): Promise<{ readonly server: Server; readonly next: () => Promise<RawPeer> }> {
    const waiting: RawPeer[] = [];
    const arrivals = new Arrivals();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      waiting.push(new RawPeer(socket));
      arrivals.arrived();
    });
    open.unshift(server);
    server.listen(path);
    await once(server, 'listening');
    const next = async (): Promise<RawPeer> => {
      await arrivals.until(() => waiting.length > 0);
      return waiting.shift()!;
    };
    return { server, next };
  }

  constructor(readonly socket: Socket) {
    super();
    open.unshift(socket);
    socket.on('data', (chunk) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      this.changed();
    });
    socket.on('end', () => {
      this.ended = true;
      this.changed();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.changed();
    });
  }

  write(...parts: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** The next `count` bytes. */
  async read(count: number): Promise<Buffer> {
    await this.until(() => this.bytes.length >= count);
    const taken = this.bytes.subarray(0, count);
    this.bytes = this.bytes.subarray(count);
    return taken;
  }

  /** The payload of the next frame. */
  async frame(): Promise<Buffer> {
    const header = await this.read(9);
    return this.read(Number(header.readBigUInt64BE(1)));
  }

  /** What has come and was not read. */
  get unread(): Buffer {
    return this.bytes;
  }

  async gone(): Promise<void> {
    await this.until(() => this.closed);
  }
}

class Arrivals extends Recorder {
  arrived(): void {
    this.changed();
  }
}
