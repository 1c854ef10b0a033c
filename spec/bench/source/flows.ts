/** A source that floods, and what measures it: an intake under a plugin or the flooder, a rule in a host, a gRPC client. */
import { once } from 'node:events';
import { join } from 'node:path';
import { tap } from 'rxjs';
import type { HostSettings } from '../../../lib/index.js';
import { dataPath, STOCK_IPC_DIR } from '../../../lib/wire/address.js';
import { sourceControl } from '../../../lib/wire/control.js';
import { endChild, startChild } from '../child.js';
import type { Contender } from '../contenders.js';
import { GrpcPeer } from '../grpc/peer.js';
import { load } from '../grpc/service.js';
import type { Opened } from '../harness.js';
import { startHost } from '../hosts.js';
import { measureFlow } from '../measure.js';
import { benchPlugin, flooder, type PluginFolder, tempFolder, unique } from '../plugins.js';
import { RawPlugin } from '../raw-plugin.js';
import type { Intake } from './intakes.js';

type TransportName = NonNullable<HostSettings['transport']>;

/** The bench starts the plugin, and `intake` is in the place of a host. */
export async function underPlugin(contender: Contender, bytes: number, intake: Intake): Promise<Opened> {
  const folder = contender.copy();
  const plugin = await RawPlugin.start(folder);
  return {
    async run(seconds) {
      const meta = { ruleId: unique('r'), opId: 'o', instanceId: 0 };
      const control = sourceControl(folder.source, meta, undefined, folder.flood(bytes));
      const flow = await intake(dataPath(STOCK_IPC_DIR, meta));
      await plugin.command('start', control);
      const sample = await measureFlow(seconds, bytes, flow.count);
      await plugin.command('stop', control);
      await flow.close();
      return sample;
    },
    close: () => plugin.close(),
  };
}

/** The native flooder, run by the bench. */
export async function underFlooder(bytes: number, intake: Intake): Promise<Opened> {
  return {
    async run(seconds) {
      const path = join(tempFolder(), 'p');
      const flow = await intake(path);
      const child = startChild([flooder, '-size', String(bytes), `ipc://${path}`]);
      const sample = await measureFlow(seconds, bytes, flow.count);
      await endChild(child, 'SIGTERM');
      await flow.close();
      return sample;
    },
    close: async () => undefined,
  };
}

/** A rule that counts, in a host with one plugin. */
export function throughRule(
  contender: Contender,
  bytes: number,
  transport: TransportName,
  single = false,
): Promise<Opened> {
  const plugin = contender.copy(single);
  return inHost(plugin, { symbol: plugin.source, config: plugin.flood(bytes) }, bytes, transport);
}

/** The same over a plugin that starts the native flooder. */
export function throughRuleUnderFlooder(bytes: number): Promise<Opened> {
  const plugin = benchPlugin('flood');
  const config = { program: flooder, size: bytes };
  return inHost(plugin, { symbol: plugin.symbol('flood'), config }, bytes, 'native');
}

interface FloodingSource {
  readonly symbol: string;
  readonly config: Readonly<Record<string, unknown>>;
}

async function inHost(
  plugin: PluginFolder,
  { symbol, config }: FloodingSource,
  bytes: number,
  transport: TransportName,
): Promise<Opened> {
  const host = await startHost([plugin], { transport });
  return {
    async run(seconds) {
      let count = 0;
      const rule = host.rule(unique('r'), ({ source }) => source(symbol, { config }).pipe(tap(() => (count += 1))));
      const sample = await measureFlow(seconds, bytes, () => count);
      await rule.stop();
      return sample;
    },
    close: () => host.stop(),
  };
}

/** A stream of the server that floods. */
export async function grpcStream(bytes: number): Promise<Opened> {
  const peer = await GrpcPeer.start();
  const { path, requestSerialize, responseDeserialize } = load.flood;
  return {
    async run(seconds) {
      let count = 0;
      const call = peer.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { size: bytes });
      call.on('data', () => (count += 1));
      // It is cancelled in the end, which is an error.
      const ended = once(call, 'error');
      const sample = await measureFlow(seconds, bytes, () => count);
      call.cancel();
      await ended;
      return sample;
    },
    close: () => peer.close(),
  };
}
