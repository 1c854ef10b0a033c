import type { PluginLog } from '../../lib/sdk/index.js';

const quiet = (): void => undefined;

/** For symbols that are to fail: what they log is of no interest. */
export const noLog: PluginLog = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => noLog };
