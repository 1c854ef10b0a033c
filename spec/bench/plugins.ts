/** Plugins for the benches, in folders and under names that nobody else on this machine has. No Jest here. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STOCK_IPC_DIR } from '../../lib/wire/address.js';

export interface PluginFolder {
  /** Named after the plugin. */
  readonly dir: string;
  readonly name: string;
  readonly symbol: (base: string) => string;
  /** The command line before the JSON of the host. */
  readonly command: readonly [string, ...string[]];
}

/**
 * Programs beside this file: `flood` is a source that starts the native flooder, `drain` a sink that only counts bytes, `print` is
 * neither, and prints.
 */
export type BenchPlugin = 'flood' | 'drain' | 'print';

// Benches run in the root of the repository.
export const go = '.cache/go';
export const flooder = join(process.cwd(), go, 'flooder');

const run = process.pid.toString(36);
let count = 0;

/** Part of all that `unique` gives. */
export const mark = `-b${run}`;

/** Right for plugins, symbols, rules, and parts of a socket path. */
export const unique = (prefix: string): string => `${prefix}${mark}${(++count).toString(36)}`;

const folders: string[] = [];
process.on('exit', () => {
  const sockets = readdirSync(STOCK_IPC_DIR).filter((name) => name.includes(mark) && name.endsWith('.ipc'));
  for (const path of [...sockets.map((name) => join(STOCK_IPC_DIR, name)), ...folders]) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // A plugin that has not ended yet still writes into its folder.
    }
  }
});
// A run takes an hour: it may well be broken off.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** A new folder with a short path, removed at the exit. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'b-'));
  folders.push(folder);
  return folder;
}

/** Why the Go programs can not be used; undefined when they can. */
export const goMissing = (): string | undefined =>
  existsSync(join(go, 'mirror')) && existsSync(flooder) ? undefined : 'no Go fixtures, see node scripts/setup.mjs test';

export function benchPlugin(program: BenchPlugin): PluginFolder {
  const symbol = suffixed();
  const kind = program === 'flood' ? 'sources' : 'sinks';
  const { dir, name } = newFolder(program, { language: 'node', executable: 'main.mjs', [kind]: [symbol(program)] });
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name, symbol: symbol(program) }));
  copyFileSync('spec/fixtures/plugins/sp.mjs', join(dir, 'sp.mjs'));
  // A plugin folder holds all that its program imports.
  const text = readFileSync(`spec/bench/plugins/${program}.mjs`, 'utf8').replace(/'[./a-z]+\/sp\.mjs'/, "'./sp.mjs'");
  writeFileSync(join(dir, 'main.mjs'), text);
  return { dir, name, symbol, command: [process.execPath, join(dir, 'main.mjs')] };
}

/** Names of symbols that nobody else has. */
export function suffixed(): (base: string) => string {
  const suffix = unique('_');
  return (base) => base + suffix;
}

/** A new folder for a plugin, with its manifest; `base` begins its name. */
export function newFolder(base: string, manifest: object): { readonly dir: string; readonly name: string } {
  const name = unique(base);
  const dir = join(tempFolder(), name);
  mkdirSync(dir);
  writeFileSync(join(dir, `${name}.json`), JSON.stringify({ version: 'v1.0.0', ...manifest }));
  return { dir, name };
}
