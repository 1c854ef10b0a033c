/** Copies of the small bad programs in `spec/fixtures/plugins`, each as a plugin with a name of its own. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './toolchains.js';
import { tempFolder, unique } from './unique.js';

export type Misbehaviour =
  | 'answers-never'
  | 'crashes-later'
  | 'endless-line'
  | 'exits-at-once'
  | 'exits-zero'
  | 'floods-stdout'
  | 'garbage-frame'
  | 'garbage-greeting'
  | 'giant-length'
  | 'half-frame'
  | 'ignores-sigterm'
  | 'leaves-group'
  | 'mute-function'
  | 'never-connects'
  | 'never-shakes-hands'
  | 'wrong-greeting'
  | 'wrong-name';

export interface BadPlugin {
  /** The folder of the plugin, named after it. */
  readonly dir: string;
  readonly name: string;
  /** Its one function. */
  readonly symbol: string;
  /** The command line before the JSON of the host. */
  readonly command: readonly [string, ...string[]];
}

const fixtures = `${root}spec/fixtures/plugins`;

export function badPlugin(misbehaviour: Misbehaviour): BadPlugin {
  const name = unique('bad');
  const symbol = `f_${unique()}`;
  const dir = join(tempFolder(), name);
  mkdirSync(dir);

  const manifest = { version: 'v1.0.0', language: 'node', executable: 'main.mjs', functions: [symbol] };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest, null, 2));
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name, symbol }));
  copyFileSync(`${fixtures}/sp.mjs`, join(dir, 'sp.mjs'));
  const program = readFileSync(`${fixtures}/${misbehaviour}/main.mjs`, 'utf8');
  // A plugin folder holds all that its program imports.
  writeFileSync(join(dir, 'main.mjs'), program.replace("'../sp.mjs'", "'./sp.mjs'"));

  return { dir, name, symbol, command: [process.execPath, join(dir, 'main.mjs')] };
}
