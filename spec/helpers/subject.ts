/**
 * The same plugin in three languages: a source that counts, a function that gives its number back, a sink that appends
 * lines to a file. Needs the root of the repository as working folder, and no Jest.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export type Language = 'Go' | 'Python' | 'TypeScript';

export interface Subject {
  readonly language: Language;
  readonly name: string;
  readonly source: string;
  readonly function: string;
  readonly sink: string;
  /** Arguments for which the function answers `i`. */
  readonly args: (i: number) => readonly unknown[];
  /** Why it can not be used here; undefined when it can. */
  readonly missing: string | undefined;
  /** A new folder that holds it in this version, named after it. */
  folder(version: string): string;
}

/** Where names and folders come from that nobody else on this machine has. */
export interface Names {
  readonly unique: (prefix: string) => string;
  readonly tempFolder: () => string;
}

/** The Python that has the SDK. */
export const subjectPython = resolve('.cache/python/bin/python');

const goProgram = '.cache/go/mirror';
const pythonProgram = 'spec/fixtures/python/mirror';
const bundled = 'dist/plugins/mirror';

export const subjects = (names: Names): readonly Subject[] => [
  goSubject(names),
  pythonSubject(names),
  tsSubject(names),
];

function goSubject({ unique, tempFolder }: Names): Subject {
  const [name, suffix] = [unique('mirror'), `_${unique('s')}`];
  return {
    language: 'Go',
    name,
    source: `random${suffix}`,
    function: `echo${suffix}`,
    sink: `file${suffix}`,
    args: (i) => [i],
    missing: existsSync(goProgram) ? undefined : 'no Go fixture, see node scripts/setup.mjs test',
    folder: (version) => {
      const dir = fixtureFolder(tempFolder(), 'spec/fixtures/go/mirror/mirror.json', { name, suffix, version });
      // Synchronous: a process forked while the copy is open for writing would make its start fail with ETXTBSY.
      copyFileSync(goProgram, join(dir, 'mirror'));
      chmodSync(join(dir, 'mirror'), 0o755);
      return dir;
    },
  };
}

function pythonSubject({ unique, tempFolder }: Names): Subject {
  const [name, suffix] = [unique('mirror'), `_${unique('s')}`];
  return {
    language: 'Python',
    name,
    source: `pyrandom${suffix}`,
    function: `pyadd${suffix}`,
    sink: `pyfile${suffix}`,
    args: (i) => [i, 0],
    missing: existsSync(subjectPython) ? undefined : 'no Python with the SDK, see node scripts/setup.mjs test',
    folder: (version) => {
      const dir = fixtureFolder(tempFolder(), `${pythonProgram}/mirror.json`, { name, suffix, version });
      const isProgram = (path: string): boolean => basename(path) !== '__pycache__' && !path.endsWith('.json');
      cpSync(pythonProgram, dir, { recursive: true, filter: isProgram });
      return dir;
    },
  };
}

/** Its sockets lie in a folder of the host, so it needs no names of its own. */
function tsSubject({ tempFolder }: Names): Subject {
  return {
    language: 'TypeScript',
    name: 'mirror',
    source: 'random',
    function: 'echo',
    sink: 'file',
    args: (i) => [i],
    missing: existsSync(`${bundled}/main.mjs`) ? undefined : `no ${bundled}, see npm run build`,
    folder: (version) => {
      const dir = join(tempFolder(), 'mirror');
      cpSync(bundled, dir, { recursive: true });
      writeManifest(join(dir, 'mirror.json'), { ...readManifest(`${bundled}/mirror.json`), version });
      return dir;
    },
  };
}

interface Identity {
  readonly name: string;
  readonly suffix: string;
  readonly version: string;
}

/** The manifest and the names of one copy; its program comes from the caller. */
function fixtureFolder(parent: string, template: string, { name, suffix, version }: Identity): string {
  const dir = join(parent, name);
  mkdirSync(dir);
  const manifest = readManifest(template);
  const suffixed = (kind: string): readonly string[] => (manifest[kind] as string[]).map((base) => base + suffix);
  writeManifest(join(dir, `${name}.json`), {
    ...manifest,
    version,
    sources: suffixed('sources'),
    sinks: suffixed('sinks'),
    functions: suffixed('functions'),
  });
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name, suffix }));
  return dir;
}

type Json = Readonly<Record<string, unknown>>;

const readManifest = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;

const writeManifest = (path: string, manifest: Json): void => writeFileSync(path, JSON.stringify(manifest, null, 2));
