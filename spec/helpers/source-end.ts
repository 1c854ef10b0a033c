/** The data channel of a source, what it says, and sources that dial it. */
import { afterEach } from '@jest/globals';
import { join } from 'node:path';
import { openSourceChannel, type SourceChannel, type SourceChannelOptions } from '../../lib/channel/source-channel.js';
import { systemClock } from '../../lib/clock.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { frame, PUSH, RawPeer } from './raw-peer.js';
import { Recorder } from './recorder.js';
import { tempFolder } from './unique.js';

export class SourceRecorder extends Recorder {
  /** What came, in order: messages with their meta, and the kind of everything else. */
  readonly news: unknown[] = [];
  readonly sizes: number[] = [];
  /** How many have connected. */
  opened = 0;

  private readonly heard = (one: unknown): void => {
    this.news.push(one);
    this.changed();
  };

  readonly handler = {
    size: (characters: number): void => void this.sizes.push(characters),
    tuple: (message: unknown, meta: unknown): void => this.heard([message, meta]),
    reported: (text: string): void => this.heard(`error ${text}`),
    invalid: ({ code }: { readonly code: string }): void => this.heard(code),
    complete: (): void => this.heard('complete'),
    broken: ({ code }: { readonly code: string }): void => this.heard(code),
    opened: (): void => {
      this.opened += 1;
      this.changed();
    },
    ended: (): void => this.heard('ended'),
  };

  async count(count: number): Promise<readonly unknown[]> {
    await this.until(() => this.news.length >= count);
    return this.news;
  }
}

const opened: SourceChannel[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((channel) => channel.close()));
});

export async function listening(options: Partial<SourceChannelOptions> = {}) {
  const recorder = new SourceRecorder();
  const address = join(tempFolder(), 'x.ipc');
  const all = { clock: systemClock, transport: nativeTransport, ...options };
  const channel = await openSourceChannel(address, all, recorder.handler);
  opened.push(channel);
  return { recorder, address, channel, dial: () => RawPeer.dial(address, PUSH) };
}

/** The same, with a source that has dialled. */
export async function connected(options?: Partial<SourceChannelOptions>) {
  const all = await listening(options);
  const source = await all.dial();
  const send = (...frames: readonly string[]): void => source.write(...frames.map((text) => frame(text)));
  return { ...all, source, send };
}
