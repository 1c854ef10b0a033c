/** The host's end of a control channel, with one process that it expects. */
import { afterEach } from '@jest/globals';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../lib/clock.js';
import { ControlLine, type LineOptions } from '../../lib/control/control-line.js';
import { ControlSocket } from '../../lib/control/control-socket.js';
import { sinkControl, type Verb } from '../../lib/wire/control.js';
import type { PeerInfo } from '../../lib/wire/handshake.js';
import { Recorder } from './recorder.js';
import { Requester } from './requester.js';
import { tempFolder } from './unique.js';

export class ControlRecorder extends Recorder {
  readonly handshakes: PeerInfo[] = [];
  readonly trouble: string[] = [];
  /** Of each word, whether it was a keepalive. */
  readonly keepalives: boolean[] = [];

  readonly handler = {
    handshake: (info: PeerInfo): void => {
      this.handshakes.push(info);
      this.changed();
    },
    heard: (unasked: boolean): void => {
      this.keepalives.push(unasked);
      this.changed();
    },
    unanswered: ({ code }: { readonly code: string }): void => {
      this.trouble.push(code);
      this.changed();
    },
  };

  async shaken(count: number): Promise<void> {
    await this.until(() => this.handshakes.length >= count);
  }
}

const opened: ControlSocket[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
});

export async function listening(clock: Clock = systemClock, maxSend?: number, more: Partial<LineOptions> = {}) {
  const recorder = new ControlRecorder();
  const address = join(tempFolder(), 'x.ipc');
  const socket = new ControlSocket(address, clock);
  const options = { plugin: 'p', path: address, clock, maxSend: () => maxSend, ...more };
  const line = new ControlLine(options, recorder.handler);
  await socket.open();
  opened.push(socket);
  socket.add(line);
  socket.expect(line);
  const dial = (...texts: readonly string[]): Promise<Requester> => Requester.dial(address, ...texts);
  /** `done`, or the code with which the command has failed. */
  const command = (verb: Verb, symbol: string, config = {}, timeout = 1_000): Promise<unknown> =>
    line.command(verb, sinkControl(symbol, { ruleId: 'r', opId: 'o', instanceId: 0 }, config), timeout).then(
      () => 'done',
      (error: { readonly code: string }) => error.code,
    );
  return { recorder, address, socket, line, dial, command };
}

/** The same, with a plugin that has shaken hands. */
export async function shaken(clock?: Clock, maxSend?: number) {
  const all = await listening(clock, maxSend);
  const plugin = await all.dial('handshake');
  await all.recorder.shaken(1);
  return { ...all, plugin };
}
