/** Sockets of two transports that face each other, closed after each spec. */
import { afterEach, beforeAll } from '@jest/globals';
import { join } from 'node:path';
import { systemClock } from '../../../lib/clock.js';
import type { ChannelOptions, PullOptions, PullSocket, PushSocket, Transport } from '../../../lib/sp/transport.js';
import { PullRecorder, PushRecorder } from '../recorder.js';
import { tempFolder } from '../unique.js';

/** A transport and the capabilities by which specs are left out; the contract checks that it says the same itself. */
export interface Side {
  readonly open: () => Promise<Transport>;
  readonly manyPeers: boolean;
  readonly halfClose: boolean;
  readonly peerClose: boolean;
  readonly pause: boolean;
}

/** Who takes and who gives. */
export interface Sides {
  readonly pull: Side;
  readonly push: Side;
}

export const options = { clock: systemClock };

export class Channels {
  private transports: { readonly pull: Transport; readonly push: Transport } | undefined;
  private readonly opened: { close(): unknown }[] = [];

  constructor(sides: Sides) {
    beforeAll(async () => {
      this.transports = { pull: await sides.pull.open(), push: await sides.push.open() };
    });
    afterEach(async () => {
      for (const one of this.opened.splice(0).reverse()) await one.close();
    });
  }

  get taker(): Transport {
    return this.transports!.pull;
  }

  get giver(): Transport {
    return this.transports!.push;
  }

  readonly newAddress = (): string => join(tempFolder(), 'x.ipc');

  /** Closed after the spec. */
  keep<T extends { close(): unknown }>(one: T): T {
    this.opened.push(one);
    return one;
  }

  async pull(address: string, more: Partial<PullOptions> = {}) {
    const inbox = new PullRecorder();
    const socket: PullSocket = this.keep(await this.taker.pull(address, { ...options, ...more }, inbox.handler));
    return { inbox, socket };
  }

  async push(address: string, more: Partial<ChannelOptions> & { readonly timeout?: number } = {}) {
    const outbox = new PushRecorder();
    const all = { ...options, timeout: 5_000, ...more };
    const socket: PushSocket = await this.giver.push(address, all, outbox.handler);
    this.keep({ close: () => socket.destroy() });
    return { outbox, socket };
  }

  async pair(more: Partial<PullOptions> = {}) {
    const address = this.newAddress();
    const { inbox, socket: taking } = await this.pull(address, more);
    const { outbox, socket } = await this.push(address, more);
    return { address, inbox, taking, outbox, socket };
  }
}
