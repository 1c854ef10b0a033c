import { SinkChannel } from '../channel/sink-channel.js';
import type { SinkHandler } from '../channel/sink-handler.js';
import type { Runner } from '../control/instance.js';
import type { Bound } from '../stage.js';
import { ackPath, dataPath } from '../wire/address.js';
import type { Meta } from '../wire/control.js';
import { acksOf } from './sink-acks.js';
import { processOf } from './sink-process.js';
import type { SinkSpec } from './sink-spec.js';

interface ChannelParts {
  readonly meta: Meta;
  readonly bound: Bound;
  /** The process that was told START last. */
  readonly runner: () => Runner | undefined;
}

/** The channels of a sink; nothing is bound yet. */
export function sinkChannelOf<T>(
  spec: SinkSpec,
  { meta, bound, runner }: ChannelParts,
  handler: SinkHandler<T>,
): SinkChannel<T> {
  const { link, transport, clock } = spec;
  return new SinkChannel<T>(
    { data: dataPath(link.ipcDir, meta), ack: ackPath(link.ipcDir, meta) },
    { transport, clock, bound, ...processOf(runner), ...acksOf(spec) },
    handler,
  );
}
