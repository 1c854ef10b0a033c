import type { SourceChannel } from '../channel/source-channel.js';
import type { Instance } from '../control/instance.js';
import type { PluginLink } from '../control/plugin-link.js';

/** How long the tail of a stopped source may take, in milliseconds, before STOP is repeated; and how often. */
const TAIL_TIMEOUT = 500;
const STOP_ATTEMPTS = 3;

/** STOP, then reads until the plugin has closed its end. */
export async function stopSource(
  source: Instance,
  opening: Promise<SourceChannel | undefined>,
  link: PluginLink,
): Promise<void> {
  const channel = await opening;
  if (channel === undefined) return;
  channel.collect();
  await link.detach(source);
  for (let attempt = 1; attempt <= STOP_ATTEMPTS && !(await channel.drained(TAIL_TIMEOUT)); attempt += 1) {
    // The Python SDK registers a symbol late: a STOP right after START can find nothing and answer ok.
    await link.stopAgain(source);
  }
}
