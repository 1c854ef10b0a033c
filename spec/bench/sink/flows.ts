/** A sink that only takes, and what feeds it: bare sockets, a rule in a host, a gRPC client. */
import { once } from 'node:events';
import type { HostSettings } from '../../../lib/index.js';
import { ackPath, dataPath, STOCK_IPC_DIR } from '../../../lib/wire/address.js';
import { sinkControl } from '../../../lib/wire/control.js';
import type { Contender } from '../contenders.js';
import { GrpcPeer } from '../grpc/peer.js';
import { load } from '../grpc/service.js';
import type { Opened } from '../harness.js';
import { startHost } from '../hosts.js';
import { measureFlow } from '../measure.js';
import { counter, type Value } from '../payload.js';
import { benchPlugin, type PluginFolder, unique } from '../plugins.js';
import { listenRawPull, RawPush } from '../raw.js';
import { RawPlugin } from '../raw-plugin.js';
import { queueFor, values } from './values.js';

/** A plugin, which of its symbols is the sink, and how that is configured. */
export interface SinkTarget {
  readonly plugin: PluginFolder;
  readonly symbol: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export function targetOf(contender: Contender, single = false): SinkTarget {
  const plugin = contender.copy(single);
  return { plugin, symbol: plugin.sink, config: plugin.collect };
}

/** A Node process that reads and throws away: the host is the limit. */
export function drainTarget(): SinkTarget {
  const plugin = benchPlugin('drain');
  return { plugin, symbol: plugin.symbol('drain'), config: {} };
}

/** Values between two looks at the event loop. */
const CHUNK = 100;

/** The bench starts the plugin, and a bare socket is in the place of a host. */
export async function raw({ plugin: folder, symbol, config }: SinkTarget, bytes: number): Promise<Opened> {
  const plugin = await RawPlugin.start(folder);
  return {
    async run(seconds) {
      const meta = { ruleId: unique('r'), opId: 'o', instanceId: 0 };
      const control = sinkControl(symbol, meta, config);
      const acks = listenRawPull(ackPath(STOCK_IPC_DIR, meta), () => undefined);
      await acks.bound;
      await plugin.command('start', control);
      const push = new RawPush(dataPath(STOCK_IPC_DIR, meta), counter(bytes));
      const sample = await measureFlow(seconds, bytes, () => push.taken);
      await push.end();
      await plugin.command('stop', control);
      await acks.close();
      return sample;
    },
    close: () => plugin.close(),
  };
}

/** Counted by the ledger: what the kernel has taken. */
export async function inRule(
  { plugin, symbol, config }: SinkTarget,
  bytes: number,
  transport: NonNullable<HostSettings['transport']>,
): Promise<Opened> {
  const host = await startHost([plugin], { transport });
  return {
    async run(seconds) {
      const rule = host.rule(unique('r'), ({ sink, stopping$ }) => {
        const target = sink<Value>(symbol, { config, queue: queueFor(bytes) });
        return values(target, bytes, stopping$).subscribe(target);
      });
      const stage = (): { readonly passed: number; readonly dropped: object } =>
        rule.ledger().stages[`sink ${symbol}`] ?? { passed: 0, dropped: {} };
      const sample = await measureFlow(seconds, bytes, () => stage().passed);
      const { dropped } = stage();
      if (Object.keys(dropped).length > 0) throw new Error(`the sink dropped: ${JSON.stringify(dropped)}`);
      await rule.stop();
      return sample;
    },
    close: () => host.stop(),
  };
}

/** A stream to the server, which counts; written as far as flow control lets. */
export async function grpcStream(bytes: number): Promise<Opened> {
  const peer = await GrpcPeer.start();
  const { path, requestSerialize, responseDeserialize } = load.collect;
  return {
    async run(seconds) {
      const next = counter(bytes);
      let [taken, stopped] = [0, false];
      const call = peer.client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, () => undefined);
      const pump = (): void => {
        for (let i = 0; i < CHUNK; i += 1) {
          if (stopped) return void call.end();
          if (!call.write(next(), () => (taken += 1))) return;
        }
        setImmediate(pump);
      };
      call.on('drain', pump);
      pump();
      const sample = await measureFlow(seconds, bytes, () => taken);
      stopped = true;
      await once(call, 'status');
      return sample;
    },
    close: () => peer.close(),
  };
}
