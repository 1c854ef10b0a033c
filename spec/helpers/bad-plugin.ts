/** Copies of the small bad programs in `spec/fixtures/plugins`, each as a plugin with a name of its own. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './toolchains.js';
import { tempFolder, unique } from './unique.js';

export type Misbehaviour =
  | 'answers-never'
  | 'answers-twice'
  | 'chatters'
  | 'crashes-later'
  | 'endless-line'
  | 'exits-at-once'
  | 'exits-zero'
  | 'floods-stdout'
  | 'freezes'
  | 'garbage-answer'
  | 'garbage-frame'
  | 'garbage-greeting'
  | 'garbage-tuple'
  | 'giant-length'
  | 'giant-tuple'
  | 'half-frame'
  | 'half-tuple'
  | 'hears-the-second'
  | 'ignores-sigterm'
  | 'late-handshake'
  | 'leaves-a-child'
  | 'leaves-group'
  | 'mute-function'
  | 'never-connects'
  | 'never-shakes-hands'
  | 'no-json'
  | 'one-byte-chunks'
  | 'one-chunk'
  | 'redials'
  | 'segfaults'
  | 'stops-reading'
  | 'stops-writing'
  | 'wrong-greeting'
  | 'wrong-name';

export interface BadPlugin {
  /** The folder of the plugin, named after it. */
  readonly dir: string;
  readonly name: string;
  /** Its one function. */
  readonly symbol: string;
  /** Its one source and its one sink, where it has streams. */
  readonly source: string;
  readonly sink: string;
  /** The command line before the JSON of the host. */
  readonly command: readonly [string, ...string[]];
}

const fixtures = `${root}spec/fixtures/plugins`;

/** With `streams` its manifest names a source and a sink besides the function. */
export function badPlugin(misbehaviour: Misbehaviour, { streams = false } = {}): BadPlugin {
  const name = unique('bad');
  const [symbol, source, sink] = ['f', 's', 'k'].map((kind) => `${kind}_${unique()}`) as [string, string, string];
  const dir = join(tempFolder(), name);
  mkdirSync(dir);

  const manifest = { version: 'v1.0.0', language: 'node', executable: 'main.mjs', functions: [symbol] };
  const all = { ...manifest, ...(streams && { sources: [source], sinks: [sink] }) };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(all, null, 2));
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name, symbol }));
  for (const file of ['sp.mjs', 'worker.mjs']) copyFileSync(join(fixtures, file), join(dir, file));
  const program = readFileSync(`${fixtures}/${misbehaviour}/main.mjs`, 'utf8');
  // A plugin folder holds all that its program imports.
  writeFileSync(join(dir, 'main.mjs'), program.replaceAll("from '../", "from './"));

  return { dir, name, symbol, source, sink, command: [process.execPath, join(dir, 'main.mjs')] };
}
