import { dateOf, systemClock } from '../../clock.js';
import type { PluginEntry, PluginStatus } from '../answers.js';
import { withBackend } from '../find-backend.js';
import { show } from '../show.js';
import type { CommonOptions, Shell } from '../shell.js';
import { statusLines } from './status.js';

/** What a plugin is, and how it is. */
export async function showPlugin(shell: Shell, options: CommonOptions, name: string): Promise<void> {
  await withBackend(shell, options, async (backend) => {
    const [entry, status] = await Promise.all([backend.plugin(name), backend.status(name)]);
    show(shell, options, { ...entry, ...status }, () => [
      ...statusLines(status, shell.out, dateOf(systemClock), described(entry)),
    ]);
  });
}

const described = (entry: PluginEntry): Readonly<Record<string, string | undefined>> => ({
  name: entry.name,
  version: entry.version,
  language: entry.language,
  executable: entry.executable,
  sources: entry.sources?.join(', '),
  sinks: entry.sinks?.join(', '),
  functions: entry.functions?.join(', '),
});

export async function showStatus(shell: Shell, options: CommonOptions, name: string): Promise<void> {
  await withBackend(shell, options, async (backend) => {
    const status: PluginStatus = await backend.status(name);
    show(shell, options, status, () => statusLines(status, shell.out, dateOf(systemClock)));
  });
}
