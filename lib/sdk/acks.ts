import type { Clock } from '../clock.js';
import { nativeTransport } from '../sp/native.js';
import type { PushSocket } from '../sp/transport.js';
import type { PluginLog } from './stderr-log.js';

/** The host listens before it sends START: one retry or two are enough. */
const DIAL_TIMEOUT = 200;

/** The ack channel of a sink. A stock host may not read it, so an ack that finds no room is left out. */
export class Acks {
  private full = false;
  private socket: PushSocket | undefined;
  private told = false;

  private constructor(private readonly log: PluginLog) {}

  /** Rejects with `ERR_CHANNEL_DIAL`, `ERR_ADDRESS_TOO_LONG`. */
  static async open(address: string, clock: Clock, log: PluginLog): Promise<Acks> {
    const acks = new Acks(log);
    acks.socket = await nativeTransport.push(
      address,
      { clock, timeout: DIAL_TIMEOUT },
      { accepted: () => undefined, drained: () => (acks.full = false), closed: () => undefined },
    );
    return acks;
  }

  send(ack: string): void {
    if (this.socket?.open !== true) return;
    if (!this.full) this.full = !this.socket.send(ack);
    else if (!this.told) {
      this.told = true;
      this.log.warn('the host does not keep up with the acks: those that find no room are left out');
    }
  }

  close(): void {
    // Acks that nobody reads would keep the connection for ever.
    if (this.full) this.socket?.destroy();
    else this.socket?.end();
  }
}
