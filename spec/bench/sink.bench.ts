/** How many tuples of 100 B a host gets rid of, and what each costs it. */
import { Observable } from 'rxjs';
import type { HostSettings, Sink } from '../../lib/index.js';
import { ackPath, dataPath, STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { sinkControl } from '../../lib/wire/control.js';
import { bench, type Opened, type Variant } from './harness.js';
import { startHost } from './hosts.js';
import { measureFlow, THROUGHPUT } from './measure.js';
import { benchPlugin, goMissing, goPlugin, type PluginFolder, nanomsgMissing, unique } from './plugins.js';
import { listenRawPull, RawPush } from './raw.js';
import { RawPlugin } from './raw-plugin.js';

const SIZE = 100;
const FIRST = 1_000_000_000;
const PAD = 'x'.repeat(SIZE - `{"i":${FIRST},"pad":""}`.length);
/** Values between two looks at the event loop: what a source reads from its socket at once. */
const CHUNK = 600;

interface Target {
  readonly plugin: () => PluginFolder;
  readonly base: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const goSink: Target = { plugin: goPlugin, base: 'file', config: { path: '/dev/null', count: true } };
const drain: Target = { plugin: () => benchPlugin('drain'), base: 'drain', config: {} };

interface Value {
  readonly i: number;
  readonly pad: string;
}

function counter(): () => Value {
  let i = FIRST;
  return () => ({ i: i++, pad: PAD });
}

async function raw({ plugin: folderOf, base, config }: Target): Promise<Opened> {
  const folder = folderOf();
  const plugin = await RawPlugin.start(folder);
  return {
    async run(seconds) {
      const meta = { ruleId: unique('r'), opId: 'o', instanceId: 0 };
      const control = sinkControl(folder.symbol(base), meta, config);
      const acks = listenRawPull(ackPath(STOCK_IPC_DIR, meta), () => undefined);
      await acks.bound;
      await plugin.command('start', control);
      const push = new RawPush(dataPath(STOCK_IPC_DIR, meta), counter());
      const sample = await measureFlow(seconds, () => push.taken);
      await push.end();
      await plugin.command('stop', control);
      await acks.close();
      return sample;
    },
    close: () => plugin.close(),
  };
}

/** Values as fast as the sink's queue takes them: none is dropped. */
const values = (sink: Sink<Value>, stopping: Observable<void>): Observable<Value> =>
  new Observable((subscriber) => {
    const next = counter();
    let full = false;
    let scheduled: NodeJS.Immediate | undefined;
    const feed = (): void => {
      scheduled = undefined;
      for (let i = 0; i < CHUNK && !full; i += 1) subscriber.next(next());
      if (!full) scheduled = setImmediate(feed);
    };
    const pressure = sink.pressure$.subscribe((now) => {
      full = now;
      if (!full) scheduled ??= setImmediate(feed);
    });
    pressure.add(stopping.subscribe(() => subscriber.complete()));
    return () => {
      pressure.unsubscribe();
      clearImmediate(scheduled);
    };
  });

async function inRule(
  { plugin: folderOf, base, config }: Target,
  transport: NonNullable<HostSettings['transport']>,
): Promise<Opened> {
  const plugin = folderOf();
  const host = await startHost([plugin], { transport });
  const symbol = plugin.symbol(base);
  return {
    async run(seconds) {
      const rule = host.rule(unique('r'), ({ sink, stopping$ }) => {
        const target = sink<Value>(symbol, { config });
        return values(target, stopping$).subscribe(target);
      });
      const stage = (): { readonly passed: number; readonly dropped: object } =>
        rule.ledger().stages[`sink ${symbol}`] ?? { passed: 0, dropped: {} };
      const sample = await measureFlow(seconds, () => stage().passed);
      const { dropped } = stage();
      if (Object.keys(dropped).length > 0) throw new Error(`the sink dropped: ${JSON.stringify(dropped)}`);
      await rule.stop();
      return sample;
    },
    close: () => host.stop(),
  };
}

const skip = goMissing();
const noPackage = skip ?? nanomsgMissing();

const variants = (target: Target): readonly Variant[] => [
  { name: 'raw socket', base: 'raw', skip, open: () => raw(target) },
  { name: 'rule, native', skip, open: () => inRule(target, 'native') },
  { name: 'rule, nanomsg', base: 'nanomsg', skip: noPackage, open: () => inRule(target, 'nanomsg') },
];

await bench('sink', [
  { title: 'Go plugin that counts', metrics: THROUGHPUT, variants: variants(goSink) },
  { title: 'reader that only counts bytes', metrics: THROUGHPUT, variants: variants(drain) },
]);
