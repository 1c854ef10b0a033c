/** An installation that takes longer than a request may: whether something comes of it. */
import { type Clock, pause } from '../clock.js';
import { installationLost, requestInterrupted, type RxportError } from '../errors.js';
import type { PluginStatus } from './answers.js';

/** How long an installation is waited for. */
export interface Patience {
  /** Milliseconds for the answer of one request: below what an HTTP client waits for at most. */
  readonly request: number;
  /** Milliseconds between two looks after that. */
  readonly look: number;
  /** Milliseconds of looking; 0 for none. */
  readonly most: number;
}

export const PATIENCE: Patience = { request: 290_000, look: 1_000, most: 3_600_000 };

export interface LateInstallation {
  readonly name: string;
  /** Of the service. */
  readonly url: string;
  /** What the request ended with. */
  readonly late: RxportError;
  /** The command that tells how it is. */
  readonly look: string;
  /** Undefined when the service does not know the plugin. */
  readonly status: () => Promise<PluginStatus | undefined>;
}

export type Verdict = 'pending' | 'done' | 'lost';

/** A download, during which a service does not know the plugin, has less time than the request has had. */
export function verdictOf(status: PluginStatus | undefined): Verdict {
  if (status === undefined) return 'lost';
  if (status.status === 'initializing') return 'pending';
  return status.status === 'error' ? 'lost' : 'done';
}

/**
 * Resolves when the plugin is there. Rejects with `ERR_PLUGIN_FAILED`, with `ERR_CLI_TIMEOUT` when it takes too long, and
 * with `ERR_CLI_INTERRUPTED`.
 */
export async function untilInstalled(
  { name, url, late, look, status }: LateInstallation,
  { clock, patience, signal }: { readonly clock: Clock; readonly patience: Patience; readonly signal: AbortSignal },
): Promise<void> {
  const end = clock.now() + patience.most;
  while (clock.now() < end) {
    const told = await status();
    const verdict = verdictOf(told);
    if (verdict === 'done') return;
    if (verdict === 'lost') throw installationLost(name, url, told?.errMsg ?? '');
    await pause(clock, patience.look, signal);
    if (signal.aborted) throw requestInterrupted(look);
  }
  throw late;
}
