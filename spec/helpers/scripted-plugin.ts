/** Copies of the plugin in `spec/fixtures/scripted`, which does what its configuration says; each with names of its own. */
import { copyFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Control } from '../../lib/wire/control.js';
import type { FunctionRequest } from '../../lib/wire/function.js';
import { encodeHandshake } from '../../lib/wire/handshake.js';
import { root } from './toolchains.js';
import { tempFolder, unique } from './unique.js';

export type ScriptedFunction = 'echo' | 'raw' | 'add' | 'slow' | 'gate' | 'pid' | 'fail' | 'exit' | 'empty' | 'mute';
export type ScriptedSymbol = 'count' | 'file' | ScriptedFunction;

export interface ScriptedPlugin {
  readonly dir: string;
  readonly name: string;
  /** `count` → `count_rxt-k3f9az1c2e-2`. */
  readonly symbol: (base: ScriptedSymbol) => string;
}

const functions: readonly ScriptedFunction[] = [
  'echo',
  'raw',
  'add',
  'slow',
  'gate',
  'pid',
  'fail',
  'exit',
  'empty',
  'mute',
];

export function scriptedPlugin(overrides: Readonly<Record<string, unknown>> = {}): ScriptedPlugin {
  const name = unique('scripted');
  const suffix = `_${unique()}`;
  const dir = join(tempFolder(), name);
  const symbol = (base: string): string => base + suffix;
  cpSync(`${root}spec/fixtures/scripted`, dir, { recursive: true });
  copyFileSync(`${root}spec/fixtures/plugins/sp.mjs`, join(dir, 'sp.mjs'));
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name, suffix }));
  const manifest = {
    version: 'v1.0.0',
    language: 'node',
    executable: 'main.mjs',
    sources: [symbol('count')],
    sinks: [symbol('file')],
    functions: functions.map(symbol),
    ...overrides,
  };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest));
  return { dir, name, symbol };
}

/** The same plugin as another version, which names these capabilities when it shakes hands. */
export function versionNaming(plugin: ScriptedPlugin, version: string, ...caps: readonly string[]): ScriptedPlugin {
  const { name } = plugin;
  const dir = join(tempFolder(), name);
  cpSync(plugin.dir, dir, { recursive: true });
  const rewrite = (file: string, more: object): void =>
    writeFileSync(
      join(dir, file),
      JSON.stringify({ ...(JSON.parse(readFileSync(join(dir, file), 'utf8')) as object), ...more }),
    );
  rewrite(`${name}.json`, { version });
  rewrite('fixture.json', { first: encodeHandshake('scripted', caps) });
  return { ...plugin, dir };
}

export type Command = Control & { readonly cmd: string };

/** What an installed copy was asked on its control channel, in order. */
export const commandsTo = (dir: string): readonly Command[] =>
  logOf(dir).flatMap(([kind, command]) => (kind === 'control' ? [command as Command] : []));

/** What its functions were asked, in order. */
export const callsTo = (dir: string, symbol: ScriptedFunction): readonly FunctionRequest[] =>
  logOf(dir).flatMap(([kind, called, call]) => (kind === 'call' && called === symbol ? [call as FunctionRequest] : []));

function logOf(dir: string): readonly (readonly unknown[])[] {
  const path = join(dir, 'log.ndjson');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as readonly unknown[]);
}
