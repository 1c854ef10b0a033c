/**
 * Copies of the plugins in `spec/fixtures/go` and `spec/fixtures/python`.
 *
 * The addresses of stock SDKs are global to the machine, so each copy has a name and symbols that nobody else has. Take
 * the same `name` and `suffix` again for another version of one plugin.
 */
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root, toolchain, type ToolchainName } from './toolchains.js';
import { tempFolder, unique } from './unique.js';

export type FixtureKind = 'go' | 'python';

export interface FixtureOptions {
  readonly name?: string;
  readonly suffix?: string;
  readonly version?: string;
  /** Symbols, without suffix, that the manifest does not name. */
  readonly omit?: readonly string[];
  /** Of a Go plugin, in milliseconds: until a request is repeated, and until an idle function says handshake. */
  readonly timers?: { readonly retry?: number; readonly keepalive?: number };
}

export interface Fixture {
  /** The folder of the plugin, named after it. */
  readonly dir: string;
  readonly name: string;
  readonly suffix: string;
  /** `echo` → `echo_rxt-k3f9az1c2e-2`. */
  readonly symbol: (base: string) => string;
  /** The command line before the JSON of the host. */
  readonly command: readonly [string, ...string[]];
}

interface Manifest {
  readonly version: string;
  readonly executable: string;
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly functions: readonly string[];
}

/** The Python that has the SDK: what a host needs as its `pythonBin`. */
export const pythonBin = (): string => binOf('python');

export function copyFixture(kind: FixtureKind, options: FixtureOptions = {}): Fixture {
  const { name = unique('mirror'), suffix = `_${unique()}`, omit = [], timers = {} } = options;
  const symbol = (base: string): string => base + suffix;
  const suffixed = (bases: readonly string[]): string[] => bases.filter((base) => !omit.includes(base)).map(symbol);

  const dir = join(tempFolder(), name);
  mkdirSync(join(dir, 'sources'), { recursive: true });
  const template = manifestOf(kind);
  const manifest = {
    ...template,
    version: options.version ?? template.version,
    sources: suffixed(template.sources),
    sinks: suffixed(template.sinks),
    functions: suffixed(template.functions),
  };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest, null, 2));
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name, suffix, timers }));
  for (const source of manifest.sources) {
    writeFileSync(join(dir, `sources/${source}.yaml`), 'default:\n  interval: 100\n');
  }

  const executable = join(dir, manifest.executable);
  return { dir, name, suffix, symbol, command: programs[kind](dir, executable) };
}

/** Puts the program into the plugin's folder, and says how to run it. */
const programs: Record<FixtureKind, (dir: string, executable: string) => [string, ...string[]]> = {
  go: (_dir, executable) => {
    // Synchronous: a process forked while the copy is open for writing would make its start fail with ETXTBSY.
    copyFileSync(join(binOf('go'), 'mirror'), executable);
    chmodSync(executable, 0o755);
    return [executable];
  },
  python: (dir, executable) => {
    const isProgram = (path: string): boolean => basename(path) !== '__pycache__' && !path.endsWith('.json');
    cpSync(`${root}spec/fixtures/python/mirror`, dir, { recursive: true, filter: isProgram });
    return [pythonBin(), '-u', executable];
  },
};

const manifestOf = (kind: FixtureKind): Manifest =>
  JSON.parse(readFileSync(`${root}spec/fixtures/${kind}/mirror/mirror.json`, 'utf8')) as Manifest;

function binOf(name: ToolchainName): string {
  const found = toolchain(name);
  if (!found.ok) throw new Error(`no ${name}: ${found.reason}`);
  return found.bin;
}
