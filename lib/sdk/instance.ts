import type { Clock } from '../clock.js';
import type { PluginLog } from './stderr-log.js';

/** One running symbol. */
export interface Instance {
  /** The host has been told that it runs: data may flow. */
  begin?(): void;
  /** Ends it in order: what it has taken is sent, or worked off. Always the same promise, never rejects. */
  stop(): Promise<void>;
  /** Ends it now. */
  kill(): void;
}

/** What is known of the host. */
export interface HostTraits {
  /** An eKuiper: it named no rxport extension. */
  readonly stock: boolean;
  /** It takes `{"complete":true}` as the last frame of a source. */
  readonly complete: boolean;
  /** It takes and sends several values, or calls, in one frame. */
  readonly batch: boolean;
}

/** What every running symbol of a plugin needs. */
export interface Surroundings {
  /** The folder of the sockets. */
  readonly ipcDir: string;
  readonly host: HostTraits;
  readonly clock: Clock;
  readonly log: PluginLog;
}
