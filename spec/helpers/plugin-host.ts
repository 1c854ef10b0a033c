/** Hosts that speak the wire as eKuiper or as rxport do, for plugins of our SDK that run in the process of the spec. */
import { afterEach } from '@jest/globals';
import { type Clock, systemClock } from '../../lib/clock.js';
import { plugin, type PluginDefinition, type PluginHandle, type Source } from '../../lib/sdk/index.js';
import { nativeTransport } from '../../lib/sp/native.js';
import type { PullSocket, PushSocket } from '../../lib/sp/transport.js';
import { ackPath, controlPath, dataPath, functionPath } from '../../lib/wire/address.js';
import { encodeArgv } from '../../lib/wire/argv.js';
import {
  type Control,
  encodeCommand,
  functionControl,
  type Meta,
  sinkControl,
  sourceControl,
  type Verb,
} from '../../lib/wire/control.js';
import { CAPABILITIES } from '../../lib/wire/handshake.js';
import { RepEnd } from './rep-end.js';
import { tempFolder, unique } from './unique.js';
import { until } from './until.js';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The rxport extension of the command line, or nothing for an eKuiper. */
export type Dialect = 'stock' | readonly string[];

export class PluginHost {
  readonly ipcDir = tempFolder();
  readonly name = unique('p');
  /** What the plugin has logged. */
  readonly lines: string[] = [];
  /** The codes with which the plugin would have ended its process. */
  readonly exits: number[] = [];
  /** What follows the command line of a plugin. */
  readonly argument: string;
  private channel: RepEnd | undefined;
  private ops = 0;

  private constructor(private readonly dialect: Dialect) {
    const { ipcDir } = this;
    this.argument = dialect === 'stock' ? '{"sendTimeout":1000}' : encodeArgv({ v: 1, caps: dialect, ipcDir });
  }

  static async listen(dialect: Dialect = CAPABILITIES): Promise<PluginHost> {
    const host = new PluginHost(dialect);
    host.channel = await RepEnd.listen(controlPath(host.ipcDir, host.name));
    closers.push(() => host.channel?.close());
    return host;
  }

  get control(): RepEnd {
    if (this.channel === undefined) throw new Error('not listening');
    return this.channel;
  }

  /** A plugin of this host's name, in this process. */
  run(definition: Omit<PluginDefinition, 'name'>, clock: Clock = systemClock): PluginHandle {
    const handle = plugin(
      { name: this.name, ...definition },
      {
        argument: this.argument,
        clock,
        exit: (code) => this.exits.push(code),
        write: (line) => this.lines.push(line),
        ...(this.dialect === 'stock' && { ipcDir: this.ipcDir }),
      },
    );
    closers.push(() => handle.close());
    return handle;
  }

  command(verb: Verb, control: Control): Promise<string> {
    return this.control.ask(encodeCommand(verb, control));
  }

  meta(): Meta {
    this.ops += 1;
    return { ruleId: 'rule', opId: `op${this.ops}`, instanceId: 0 };
  }

  /** Listens and sends START. */
  async source(symbol: string, config: Record<string, unknown> = {}, meta = this.meta()): Promise<RunningSource> {
    const inbox = await listenPull(dataPath(this.ipcDir, meta));
    const control = sourceControl(symbol, meta, undefined, config);
    const answer = await this.command('start', control);
    return { ...inbox, control, answer, stop: () => this.command('stop', control) };
  }

  /** Listens for acks, sends START, dials. */
  async sink(symbol: string, config: Record<string, unknown> = {}, meta = this.meta()): Promise<RunningSink> {
    const acks = await listenPull(ackPath(this.ipcDir, meta));
    const control = sinkControl(symbol, meta, config);
    const answer = await this.command('start', control);
    const data = answer === 'ok' ? await dialPush(dataPath(this.ipcDir, meta)) : undefined;
    return {
      acks,
      control,
      answer,
      send: (body) => data?.socket.send(body) ?? false,
      finish: async () => {
        data?.socket.end();
        await until(() => data?.gone() === true, 'the sink has read everything');
      },
      stop: () => this.command('stop', control),
    };
  }

  async function(symbol: string): Promise<RunningFunction> {
    const channel = await RepEnd.listen(functionPath(this.ipcDir, symbol));
    closers.push(() => channel.close());
    const answer = await this.command('start', functionControl(symbol));
    return {
      channel,
      answer,
      ask: async (request) => JSON.parse(await channel.ask(JSON.stringify(request))) as unknown,
    };
  }
}

export interface RunningSource extends Inbox {
  readonly control: Control;
  readonly answer: string;
  stop(): Promise<string>;
}

export interface RunningSink {
  readonly acks: Inbox;
  readonly control: Control;
  readonly answer: string;
  send(body: string | Uint8Array): boolean;
  /** Half-closes, and resolves when the plugin has read everything. */
  finish(): Promise<void>;
  stop(): Promise<string>;
}

export interface RunningFunction {
  readonly channel: RepEnd;
  readonly answer: string;
  ask(request: unknown): Promise<unknown>;
}

/** A PULL address and what came there. */
export interface Inbox {
  readonly socket: PullSocket;
  readonly frames: string[];
  /** How many connections have ended. */
  ends(): number;
}

async function listenPull(address: string): Promise<Inbox> {
  const frames: string[] = [];
  let ends = 0;
  const socket = await nativeTransport.pull(
    address,
    { clock: systemClock },
    { message: (payload) => void frames.push(payload.toString()), peerClosed: () => (ends += 1) },
  );
  closers.push(() => socket.close());
  return { socket, frames, ends: () => ends };
}

async function dialPush(address: string): Promise<{ readonly socket: PushSocket; gone(): boolean }> {
  let gone = false;
  const socket = await nativeTransport.push(
    address,
    { clock: systemClock, timeout: 1_000 },
    { accepted: () => undefined, drained: () => undefined, closed: () => (gone = true) },
  );
  closers.push(() => socket.destroy());
  return { socket, gone: () => gone };
}

/** A host, and a plugin of one source that it has started. */
export async function startSource(source: Source, dialect?: Dialect) {
  const host = await PluginHost.listen(dialect);
  host.run({ sources: { source } });
  return { host, source: await host.source('source') };
}

/** The values in the frames of a source, alone and together. */
export const messagesOf = ({ frames }: Inbox): unknown[] =>
  frames
    .flatMap<Tuple>((frame) => JSON.parse(frame) as Tuple | Tuple[])
    .flatMap((tuple) => ('message' in tuple ? [tuple['message']] : []));

type Tuple = Readonly<Record<string, unknown>>;
