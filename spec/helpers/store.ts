import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { pluginFolders } from '../../lib/install/install.js';
import { PluginStore, type StoreOptions } from '../../lib/install/plugin-store.js';
import { pluginEnvironment } from '../../lib/process/environment.js';
import { commandRunner } from '../../lib/process/run-command.js';
import { findSetpriv } from '../../lib/process/setpriv.js';
import { SpawnRecords } from '../../lib/process/spawn-records.js';
import { silent } from './host.js';

/** The plugins in a data folder, without a host; its own to open. */
export function storeIn(dir: string, settings: StoreOptions['settings'] = {}, log = silent) {
  const clock = systemClock;
  const records = new SpawnRecords(dir, { clock, log });
  const env = (): Readonly<Record<string, string>> => pluginEnvironment(process.env);
  const run = commandRunner({ records, clock, setpriv: findSetpriv(), env });
  const folders = pluginFolders(dir);
  const closing = new AbortController().signal;
  const store = new PluginStore({ folders, clock, log, run, settings, closing });
  return { store, folders, home: join(folders.portables, 'thermo') };
}
