/** A sink channel, what it says, and the plugin at its other end. */
import { afterEach } from '@jest/globals';
import { join } from 'node:path';
import { SinkChannel } from '../../lib/channel/sink-channel.js';
import type { SinkChannelOptions, SinkHandler } from '../../lib/channel/sink-handler.js';
import { systemClock } from '../../lib/clock.js';
import { sinkAck, sinkAckFatal, sinkAckTimeout } from '../../lib/errors.js';
import { nativeTransport } from '../../lib/sp/native.js';
import type { PullSocket } from '../../lib/sp/transport.js';
import { type Admission, Bound, type Overflow } from '../../lib/stage.js';
import { frame, PUSH, RawPeer } from './raw-peer.js';
import { PullRecorder, Recorder } from './recorder.js';
import { tempFolder } from './unique.js';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

export class SinkRecorder extends Recorder {
  passed = 0;
  /** Values that the plugin has answered for: `a ok`, or `a` and a code. */
  readonly acks: string[] = [];
  readonly failures: string[] = [];
  readonly complaints: string[] = [];
  /** How many values each lost connection may have held. */
  readonly losses: number[] = [];
  /** Of each lost connection: whether we had hung up, and all was with the plugin. */
  readonly orderly: boolean[] = [];
  /** What was left when they closed. */
  readonly dropped: number[] = [];

  /** What was too much of what was put back. */
  readonly surplus: Admission[] = [];

  readonly handler: SinkHandler<string> = {
    moved: () => this.changed(),
    overflowed: (surplus) => void this.surplus.push(surplus),
    passed: (count) => {
      this.passed += count;
      this.changed();
    },
    acknowledged: (value, error) => {
      this.acks.push(`${value} ${error?.code ?? 'ok'}`);
      this.changed();
    },
    failed: ({ code }) => {
      this.failures.push(code);
      this.changed();
    },
    complained: ({ message }) => {
      this.complaints.push(message);
      this.changed();
    },
    disconnected: (unconfirmed, orderly) => {
      this.losses.push(unconfirmed);
      this.orderly.push(orderly);
      this.changed();
    },
  };
}

export interface SinkPlugin {
  readonly inbox: PullRecorder;
  readonly data: PullSocket;
  /** Sends acks. */
  acks(...texts: readonly string[]): void;
}

type Options = Partial<Omit<SinkChannelOptions, 'bound'>> & { readonly overflow?: Overflow };

export async function sinkChannel({ overflow = { size: 10_000, policy: 'error' }, ...more }: Options = {}) {
  const folder = tempFolder();
  const addresses = { data: join(folder, 'x.ipc'), ack: join(folder, 'x_ack.ipc') };
  const recorder = new SinkRecorder();
  const options: SinkChannelOptions = {
    transport: nativeTransport,
    clock: systemClock,
    bound: new Bound(overflow),
    ackError: (text) => sinkAck('k', text),
    ackLate: () => sinkAckTimeout('k', 100),
    ackFatal: () => sinkAckFatal('k', 3),
    ...more,
  };
  const channel = new SinkChannel<string>(addresses, options, recorder.handler);
  await channel.bind();
  closers.push(() => channel.close());

  /** The process listens for data and dials the ack channel, as an SDK does. */
  const start = async (): Promise<SinkPlugin> => {
    const inbox = new PullRecorder();
    const data = await nativeTransport.pull(addresses.data, { clock: systemClock }, inbox.handler);
    closers.push(() => data.close());
    const acks = await RawPeer.dial(addresses.ack, PUSH);
    return { inbox, data, acks: (...texts) => acks.write(...texts.map((text) => frame(text))) };
  };
  const accept = (value: string, payload = value) => channel.accept(value, payload);
  return { channel, recorder, addresses, start, accept };
}

/** The same, with a process that it is connected to. */
export async function connectedSink(more?: Options) {
  const all = await sinkChannel(more);
  const plugin = await all.start();
  await all.channel.connect();
  return { ...all, plugin };
}
