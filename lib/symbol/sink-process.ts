import type { SinkChannelOptions } from '../channel/sink-handler.js';
import type { Runner } from '../control/instance.js';
import { effortOf } from '../process/proc.js';
import { BATCH } from '../wire/handshake.js';

/** What a channel has to know of the process that was told START last. */
export const processOf = (
  runner: () => Runner | undefined,
): Required<Pick<SinkChannelOptions, 'effort' | 'batches' | 'maxSend'>> => ({
  effort() {
    const pid = runner()?.pid;
    return pid === undefined ? undefined : effortOf(pid);
  },
  maxSend: () => runner()?.maxSend,
  batches: () => runner()?.info?.capabilities.has(BATCH) === true,
});
