/** One plugin in each language, in as many versions as a spec wants: a source that counts, `echo`, and a file sink. */
import { describe } from '@jest/globals';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyFixture, pythonBin } from './fixture.js';
import { describeWith, root } from './toolchains.js';
import { tempFolder } from './unique.js';

export type Language = 'go' | 'python' | 'node';

export interface Versions {
  readonly name: string;
  /** The folder of a version; `omit` names symbols, without suffix, that its manifest lacks. */
  version(version: string, omit?: readonly ('source' | 'echo' | 'file')[]): string;
  /** The folder of a version that does not start the source, whatever its rule says. */
  refusing(version: string): string;
  /** Emits `{ i }` every `interval` ms. */
  readonly source: string;
  /** Takes a text. */
  readonly echo: string;
  /** Appends to `path`. */
  readonly file: string;
  /** What the host has to be told. */
  readonly options: { readonly pythonBin?: string };
}

/** A suite for each language, skipped where its toolchain is missing. */
export function eachLanguage(title: (language: Language) => string, suite: (language: Language) => void): void {
  for (const language of ['go', 'python'] as const) describeWith(language, title(language), () => suite(language));
  describe(title('node'), () => suite('node'));
}

export function versionsOf(language: Language): Versions {
  return language === 'node' ? nodeVersions() : fixtureVersions(language);
}

const BASES = {
  go: { source: 'random', echo: 'echo', file: 'file' },
  python: { source: 'pyrandom', echo: 'pyrevert', file: 'pyfile' },
} as const;

function fixtureVersions(language: 'go' | 'python'): Versions {
  const bases = BASES[language];
  const { name, suffix, symbol } = copyFixture(language);
  const version: Versions['version'] = (version, omit = []) =>
    copyFixture(language, { name, suffix, version, omit: omit.map((base) => bases[base]) }).dir;
  return {
    name,
    version,
    refusing: (text) => withDefaults(version(text), symbol(bases.source), 'refuse: not now'),
    source: symbol(bases.source),
    echo: symbol(bases.echo),
    file: symbol(bases.file),
    options: language === 'python' ? { pythonBin: pythonBin() } : {},
  };
}

/** The bundled plugin `mirror`, on our SDK: its sockets are in a folder of the host's own. */
function nodeVersions(): Versions {
  const bases = { source: 'random', echo: 'echo', file: 'file' } as const;
  return {
    name: 'mirror',
    refusing(version) {
      return withDefaults(this.version(version), bases.source, 'seed: no number');
    },
    version(version, omit = []) {
      const dir = join(tempFolder(), 'mirror');
      cpSync(`${root}dist/plugins/mirror`, dir, { recursive: true });
      const file = join(dir, 'mirror.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
      const lacking: readonly unknown[] = omit.map((base) => bases[base]);
      const kinds = ['sources', 'sinks', 'functions'].map((kind) => {
        const symbols = manifest[kind] as readonly string[];
        return [kind, symbols.filter((symbol) => !lacking.includes(symbol))] as const;
      });
      writeFileSync(file, JSON.stringify({ ...manifest, version, ...Object.fromEntries(kinds) }));
      return dir;
    },
    ...bases,
    options: {},
  };
}

/** Gives a source of the plugin in `dir` a default that its rules do not override. */
function withDefaults(dir: string, source: string, property: string): string {
  writeFileSync(join(dir, `sources/${source}.yaml`), `default:\n  ${property}\n`);
  return dir;
}
