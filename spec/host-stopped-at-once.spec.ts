import { expect, it } from '@jest/globals';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loggerOf } from '../lib/log.js';
import { startHost } from './helpers/host.js';
import { scriptedPlugin } from './helpers/scripted-plugin.js';
import { tempFolder } from './helpers/unique.js';

it.each(['warn', 'enforce'] as const)(
  'a host that is stopped at once has failed at nothing (verify: %s)',
  async (verify) => {
    const dir = join(tempFolder(), 'data');
    const plugin = scriptedPlugin();
    // Takes a moment to be looked at.
    writeFileSync(join(plugin.dir, 'data.bin'), '');
    truncateSync(join(plugin.dir, 'data.bin'), 100 * 1024 * 1024);
    const first = await startHost({ dir });
    await first.plugins.install(plugin.dir);
    await first.stop();
    const said: string[] = [];
    const logger = loggerOf((level, _, text) => void ((level === 'warn' || level === 'error') && said.push(text)));
    const host = await startHost({ dir, verify, logger });
    await host.stop();
    expect(said).toEqual([]);
  },
);
