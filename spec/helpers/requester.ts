/** The plugin's end of a control or function channel. */
import { afterEach } from '@jest/globals';
import { systemClock } from '../../lib/clock.js';
import { dialReq, type ReqSocket } from '../../lib/sp/req.js';
import { Recorder } from './recorder.js';

const open: Requester[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

export class Requester extends Recorder {
  /** What was asked of it, each as the reply to one of its requests. */
  readonly received: string[] = [];
  private socket: ReqSocket | undefined;
  private closed = false;

  /** Connects, and says `texts`. */
  static async dial(address: string, ...texts: readonly string[]): Promise<Requester> {
    const requester = new Requester();
    const options = { clock: systemClock, timeout: 2_000 };
    requester.socket = await dialReq(address, options, {
      reply: (body) => {
        requester.received.push(body.toString());
        requester.changed();
      },
      closed: () => {
        requester.closed = true;
        requester.changed();
      },
    });
    open.push(requester);
    for (const text of texts) requester.says(text);
    return requester;
  }

  says(text: string): void {
    this.socket?.request(text);
  }

  /** Resolves when it has received `count` times. */
  async heard(count: number): Promise<readonly string[]> {
    await this.until(() => this.received.length >= count);
    return this.received;
  }

  async gone(): Promise<void> {
    await this.until(() => this.closed);
  }

  close(): void {
    this.socket?.close();
  }
}
