/** Plugins below a program that does not execute them in its own place, as `conda run` has them. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BadPlugin } from './bad-plugin.js';

/** Changes the plugin: its executable is now a shell script that runs its program. */
export function wrap(plugin: BadPlugin): BadPlugin {
  const { dir, name, symbol } = plugin;
  const manifest = { version: 'v1.0.0', language: 'executable', executable: 'run.sh', functions: [symbol] };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest, null, 2));
  writeFileSync(join(dir, 'run.sh'), `#!/bin/sh\n'${process.execPath}' "$PWD/main.mjs" "$1"\nexit $?\n`);
  chmodSync(join(dir, 'run.sh'), 0o755);
  return plugin;
}
