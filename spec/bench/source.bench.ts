/** How many tuples of 100 B a host takes in, and what each costs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tap } from 'rxjs';
import { openSourceChannel } from '../../lib/channel/source-channel.js';
import { systemClock } from '../../lib/clock.js';
import type { HostSettings } from '../../lib/index.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { dataPath, STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { type Control, sourceControl } from '../../lib/wire/control.js';
import { bench, type Opened, type Variant } from './harness.js';
import { startHost } from './hosts.js';
import { measureFlow, THROUGHPUT } from './measure.js';
import { benchPlugin, flooder, goMissing, goPlugin, nanomsgMissing, tempFolder, unique } from './plugins.js';
import { listenRawPull } from './raw.js';
import { RawPlugin } from './raw-plugin.js';

const SIZE = 100;
/** The fixture takes the size of the padding: with a count of six digits the tuple has 100 bytes. */
const GO_FLOOD = { flood: true, size: 55 };
const NATIVE_FLOOD = { program: flooder, size: SIZE };

/** The channel of a source, down to its close. */
interface Flow {
  readonly count: () => number;
  close(): Promise<unknown>;
}

/** Takes in what comes to `path`. */
type Intake = (path: string) => Promise<Flow>;

/** The bound: `textOf` is how a payload becomes text. */
const raw =
  (textOf: (chunk: Buffer, start: number, end: number) => string): Intake =>
  async (path) => {
    let count = 0;
    const listener = listenRawPull(path, (chunk, start, end) => {
      const { message } = JSON.parse(textOf(chunk, start, end)) as { readonly message: unknown };
      if (message !== undefined) count += 1;
    });
    await listener.bound;
    return { count: () => count, close: () => listener.close() };
  };

const textPerFrame = (chunk: Buffer, start: number, end: number): string => chunk.toString('utf8', start, end);

/** For ASCII only. */
function textPerChunk(): (chunk: Buffer, start: number, end: number) => string {
  let last: Buffer | undefined;
  let text = '';
  return (chunk, start, end) => {
    if (chunk !== last) text = chunk.toString('latin1');
    last = chunk;
    return text.slice(start, end);
  };
}

const channel: Intake = async (path) => {
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

interface NanomsgSocket {
  bind(address: string): void;
  on(event: 'data', listener: (message: Buffer) => void): void;
  close(): void;
}

const nanomsgPackage: Intake = async (path) => {
  const load = createRequire(import.meta.url);
  const { socket } = load('nanomsg') as { readonly socket: (type: 'pull') => NanomsgSocket };
  let count = 0;
  const pull = socket('pull');
  pull.on('data', (data) => {
    const { message } = JSON.parse(data.toString()) as { readonly message: unknown };
    if (message !== undefined) count += 1;
  });
  pull.bind(`ipc://${path}`);
  return { count: () => count, close: async () => pull.close() };
};

/** A rule that counts, in a host with one plugin. */
async function throughRule(
  plugin: ReturnType<typeof goPlugin>,
  base: string,
  config: Readonly<Record<string, unknown>>,
  transport: NonNullable<HostSettings['transport']>,
): Promise<Opened> {
  const host = await startHost([plugin], { transport });
  return {
    async run(seconds) {
      let count = 0;
      const rule = host.rule(unique('r'), ({ source }) =>
        source(plugin.symbol(base), { config }).pipe(tap(() => (count += 1))),
      );
      const sample = await measureFlow(seconds, () => count);
      await rule.stop();
      return sample;
    },
    close: () => host.stop(),
  };
}

/** The Go fixture, started by the bench in place of a host. */
async function underGoPlugin(intake: Intake): Promise<Opened> {
  const folder = goPlugin();
  const plugin = await RawPlugin.start(folder);
  return {
    async run(seconds) {
      const meta = { ruleId: unique('r'), opId: 'o', instanceId: 0 };
      const control: Control = sourceControl(folder.symbol('random'), meta, undefined, GO_FLOOD);
      const flow = await intake(dataPath(STOCK_IPC_DIR, meta));
      await plugin.command('start', control);
      const sample = await measureFlow(seconds, flow.count);
      await plugin.command('stop', control);
      await flow.close();
      return sample;
    },
    close: () => plugin.close(),
  };
}

/** The native flooder, run by the bench. */
async function underFlooder(intake: Intake): Promise<Opened> {
  return {
    async run(seconds) {
      const path = join(tempFolder(), 'p');
      const flow = await intake(path);
      const child = spawn(flooder, ['-size', String(SIZE), `ipc://${path}`], { stdio: 'ignore', detached: true });
      const exited = once(child, 'exit');
      const sample = await measureFlow(seconds, flow.count);
      child.kill();
      await exited;
      await flow.close();
      return sample;
    },
    close: async () => undefined,
  };
}

const skip = goMissing();
const noPackage = skip ?? nanomsgMissing();

const underGo: readonly Variant[] = [
  { name: 'raw socket', base: 'raw', skip, open: () => underGoPlugin(raw(textPerFrame)) },
  { name: 'rule, native', skip, open: () => throughRule(goPlugin(), 'random', GO_FLOOD, 'native') },
  { name: 'rule, nanomsg', skip: noPackage, open: () => throughRule(goPlugin(), 'random', GO_FLOOD, 'nanomsg') },
  { name: 'nanomsg package', base: 'nanomsg', skip: noPackage, open: () => underGoPlugin(nanomsgPackage) },
];

const saturated: readonly Variant[] = [
  { name: 'raw socket', base: 'raw', skip, open: () => underFlooder(raw(textPerFrame)) },
  { name: 'raw, text per chunk', skip, open: () => underFlooder(raw(textPerChunk())) },
  { name: 'source channel', skip, open: () => underFlooder(channel) },
  { name: 'rule, native', skip, open: () => throughRule(benchPlugin('flood'), 'flood', NATIVE_FLOOD, 'native') },
  { name: 'nanomsg package', base: 'nanomsg', skip: noPackage, open: () => underFlooder(nanomsgPackage) },
];

await bench('source', [
  { title: 'Go plugin that floods', metrics: THROUGHPUT, variants: underGo },
  { title: 'native flooder that saturates the host', metrics: THROUGHPUT, variants: saturated },
]);
