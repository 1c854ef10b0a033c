/** Who takes in what a source sends, without a host around it. */
import { openSourceChannel } from '../../../lib/channel/source-channel.js';
import { systemClock } from '../../../lib/clock.js';
import { nativeTransport } from '../../../lib/sp/native.js';
import { nanomsgPull } from '../nanomsg.js';
import { listenRawPull } from '../raw.js';

/** The channel of a source, down to its close. */
export interface Flow {
  readonly count: () => number;
  close(): Promise<unknown>;
}

/** Takes in what comes to `path`. */
export type Intake = (path: string) => Promise<Flow>;

type TextOf = (chunk: Buffer, start: number, end: number) => string;

/** The bound: `textOf` is how a payload becomes text. */
export const raw =
  (textOf: TextOf = textPerFrame): Intake =>
  async (path) => {
    let count = 0;
    const listener = listenRawPull(path, (chunk, start, end) => {
      if (messageOf(textOf(chunk, start, end)) !== undefined) count += 1;
    });
    await listener.bound;
    return { count: () => count, close: () => listener.close() };
  };

const textPerFrame: TextOf = (chunk, start, end) => chunk.toString('utf8', start, end);

/** For ASCII only. */
export function textPerChunk(): TextOf {
  let last: Buffer | undefined;
  let text = '';
  return (chunk, start, end) => {
    if (chunk !== last) text = chunk.toString('latin1');
    last = chunk;
    return text.slice(start, end);
  };
}

/** Framing and decoding of ours, without a rule. */
export const channel: Intake = async (path) => {
  let count = 0;
  const ignore = (): void => undefined;
  const options = { transport: nativeTransport, clock: systemClock };
  const source = await openSourceChannel(path, options, {
    tuple: () => (count += 1),
    reported: ignore,
    invalid: ignore,
    complete: ignore,
    broken: ignore,
    ended: ignore,
  });
  return { count: () => count, close: () => source.close() };
};

export const nanomsgPackage: Intake = async (path) => {
  let count = 0;
  const pull = nanomsgPull();
  pull.rcvmaxsize(-1);
  pull.on('data', (data) => {
    if (messageOf(data.toString()) !== undefined) count += 1;
  });
  pull.bind(`ipc://${path}`);
  return { count: () => count, close: async () => pull.close() };
};

const messageOf = (text: string): unknown => (JSON.parse(text) as { readonly message: unknown }).message;
