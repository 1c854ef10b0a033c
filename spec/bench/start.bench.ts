/** How long it takes from nothing to the first tuple of a plugin in TypeScript, next to Node alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom, Subject, take, tap } from 'rxjs';
import { Host } from '../../lib/index.js';
import { bench, type Opened } from './harness.js';
import { silent } from './hosts.js';
import { tempFolder, unique } from './plugins.js';

const PLUGIN = 'dist/plugins/mirror';
const SYMBOL = 'random';
const RXPORT = 'dist/lib/cli/main.js';

/** What Node alone took in this round, in milliseconds. */
let bare = NaN;

const measured = (ms: number): Readonly<Record<string, number>> => ({ ms, 'ms over Node': ms - bare });

const bareNode = async (): Promise<Opened> => ({
  async run() {
    const start = performance.now();
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
    bare = performance.now() - start;
    return measured(bare);
  },
  close: async () => undefined,
});

const firstByte = async (): Promise<Opened> => ({
  async run() {
    const start = performance.now();
    const child = spawn(process.execPath, ['-e', 'process.stdout.write("0")'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    const ms = performance.now() - start;
    if (child.exitCode === null) await once(child, 'exit');
    return measured(ms);
  },
  close: async () => undefined,
});

const help = async (): Promise<Opened> => ({
  async run() {
    const start = performance.now();
    await once(spawn(process.execPath, [RXPORT, '--help'], { stdio: 'ignore' }), 'exit');
    return measured(performance.now() - start);
  },
  close: async () => undefined,
});

/** A data folder that holds the plugin, installed. */
function dataFolder(): string {
  const dir = join(tempFolder(), 'data');
  cpSync(PLUGIN, join(dir, 'plugins/portables/mirror'), { recursive: true });
  return dir;
}

const firstTuple = async (): Promise<Opened> => {
  const dir = dataFolder();
  return {
    async run() {
      const tuple = new Subject<number>();
      const first = firstValueFrom(tuple);
      const start = performance.now();
      const host = await Host.start({ dir, logger: silent });
      const rule = host.rule(unique('r'), ({ source }) =>
        source(SYMBOL, { config: { interval: 1 } }).pipe(
          take(1),
          tap(() => tuple.next(performance.now() - start)),
        ),
      );
      const ms = await first;
      await rule.done;
      await host.stop();
      return measured(ms);
    },
    close: async () => undefined,
  };
};

const freshProcess = async (): Promise<Opened> => {
  const dir = dataFolder();
  return {
    async run() {
      const child = spawn(process.execPath, ['spec/bench/first-tuple.mjs', dir, SYMBOL], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      await exited;
      return measured(Number(line));
    },
    close: async () => undefined,
  };
};

const skip = existsSync(join(PLUGIN, 'main.mjs')) ? undefined : `no ${PLUGIN}, see npm run build`;

await bench('start', [
  {
    title: 'from nothing',
    metrics: [
      { name: 'ms', digits: 1 },
      { name: 'ms over Node', digits: 1, plain: true },
    ],
    repeat: 3,
    targets: [{ metric: 'ms', most: 150 }],
    variants: [
      { name: 'node -e 0, to its exit', base: 'Node', open: bareNode },
      { name: 'node, to its first byte', open: firstByte },
      {
        name: 'rxport --help, to its exit',
        ours: true,
        skip: existsSync(RXPORT) ? undefined : `no ${RXPORT}`,
        open: help,
      },
      { name: 'Host.start to the first tuple', skip, open: firstTuple },
      { name: 'the same in a fresh process', skip, open: freshProcess },
    ],
  },
]);
