/** How many tuples of 100 B a host takes in, and what each costs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bench, type Opened, type Variant } from './harness.js';
import { measureFlow, THROUGHPUT } from './measure.js';
import { benchPlugin, flooder, goMissing, goPlugin, nanomsgMissing, tempFolder } from './plugins.js';
import { listenRawPull } from './raw.js';
import { channel, GO_FLOOD, type Intake, SIZE, throughRule, underGoPlugin } from './source-flow.js';

const NATIVE_FLOOD = { program: flooder, size: SIZE };

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
