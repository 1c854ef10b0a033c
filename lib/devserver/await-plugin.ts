import { filter, firstValueFrom } from 'rxjs';
import { type Clock, settlesWithin } from '../clock.js';
import { faultOf } from '../control/fault-of.js';
import { pluginAwaited, RxportError } from '../errors.js';
import type { PluginUnderTest } from './plugin-under-test.js';

/** Milliseconds that a request waits for a plugin that is just being started. */
const COMING = 3_000;

/**
 * Resolves when the plugin is there, within a moment. Rejects with why it is not: the end of its process, or
 * `ERR_PLUGIN_HANDSHAKE`, which says how to start it.
 */
export async function awaitPlugin(
  { link, name, byHand }: PluginUnderTest,
  clock: Clock,
  timeout: number,
): Promise<void> {
  const decided = link.state$.pipe(filter(({ phase }) => phase === 'ready' || phase === 'failed'));
  await settlesWithin(clock, Math.min(COMING, timeout), firstValueFrom(decided));
  const { state, journal } = link;
  if (state.phase === 'ready') return;
  const fault = faultOf(state, journal.lastErrors);
  if (fault !== undefined) throw new RxportError(fault.code, fault.message);
  throw pluginAwaited(name, byHand === undefined ? 'it is still being started' : `start it with ${byHand.text}`);
}
