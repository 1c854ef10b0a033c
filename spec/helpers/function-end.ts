/** The channel of a function, the calls that a spec submits to it, and processes that dial it. */
import { afterEach } from '@jest/globals';
import { join } from 'node:path';
import type { FunctionCall, Outcome } from '../../lib/channel/function-call.js';
import { FunctionChannel } from '../../lib/channel/function-channel.js';
import type { FunctionChannelOptions } from '../../lib/channel/function-channel-options.js';
import { type Clock, systemClock } from '../../lib/clock.js';
import { pluginStopped } from '../../lib/errors.js';
import { Recorder } from './recorder.js';
import { Requester } from './requester.js';
import { tempFolder } from './unique.js';

/** Calls and their outcomes, by their bodies. */
export class Calls extends Recorder {
  readonly outcomes: string[] = [];
  /** Runs with each outcome. */
  each: () => void = () => undefined;

  make(body: string, options: Partial<FunctionCall> = {}): FunctionCall {
    const done = (outcome: Outcome): void => {
      this.outcomes.push(`${body}: ${shown(outcome)}`);
      this.each();
      this.changed();
    };
    return { body, timeout: 1_000, whenLost: 'repeat', cancelled: false, done, ...options };
  }

  async count(count: number): Promise<readonly string[]> {
    await this.until(() => this.outcomes.length >= count);
    return this.outcomes;
  }
}

const shown = (outcome: Outcome): string =>
  'error' in outcome ? outcome.error.code : `${outcome.type} ${JSON.stringify(outcome.result)}`;

export const result = (value: unknown): string => JSON.stringify({ state: true, result: value });
export const stopped = pluginStopped('p');

const opened: FunctionChannel[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((channel) => channel.close(stopped)));
});

export async function listening(
  clock: Clock = systemClock,
  maxSend?: number,
  options: Partial<FunctionChannelOptions> = {},
) {
  const address = join(tempFolder(), 'x.ipc');
  const channel = new FunctionChannel(address, { symbol: 'f', clock, maxSend: () => maxSend, ...options });
  await channel.open();
  opened.push(channel);
  const calls = new Calls();
  const submit = (body: string, options?: Partial<FunctionCall>): FunctionCall => {
    const call = calls.make(body, options);
    channel.submit(call);
    return call;
  };
  return { address, channel, calls, submit, dial: () => Requester.dial(address, 'handshake') };
}
