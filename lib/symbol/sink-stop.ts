import { type Clock, pause } from '../clock.js';
import type { Instance } from '../control/instances.js';
import type { PluginLink } from '../control/plugin-link.js';
import { answers } from '../sp/listen.js';
import { dataPath } from '../wire/address.js';

/** Milliseconds before each repetition. */
const WAITS = [20, 100, 500];

/**
 * STOP, and again while the plugin still listens.
 *
 * The Python SDK registers a sink after it has answered START: a STOP that comes before finds nothing and answers ok, and
 * the sink would stay for as long as the process.
 */
export async function stopSink(link: PluginLink, instance: Instance, clock: Clock): Promise<void> {
  await link.detach(instance);
  const path = dataPath(link.ipcDir, instance.control.meta);
  for (const wait of WAITS) {
    if (!(await answers(path).catch(() => false))) return;
    await pause(clock, wait);
    await link.stopAgain(instance);
  }
}
