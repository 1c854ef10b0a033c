/** One plugin in three languages: a source that floods, a function that echoes, a sink that only takes. */
import { chmodSync, copyFileSync, cpSync, existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Language, subjectPython } from '../helpers/subject.js';
import { go, goMissing, newFolder, type PluginFolder, suffixed } from './plugins.js';

type Config = Readonly<Record<string, unknown>>;

/** A copy of a plugin under load. */
export interface LoadPlugin extends PluginFolder {
  readonly source: string;
  readonly function: string;
  /** Takes so many milliseconds, and gives them back. */
  readonly slow: string;
  readonly sink: string;
  /** For a source that floods with tuples of so many bytes. */
  readonly flood: (size: number) => Config;
  /** For the sink. */
  readonly collect: Config;
}

export interface Contender {
  readonly language: Language;
  /** Why it can not run here; undefined when it can. */
  readonly missing: string | undefined;
  /** The SDK sets no limit of 1 MiB to a frame. */
  readonly large: boolean;
  /** A new copy, under names of its own. `single` hides from it that the host takes batches; only for our SDK. */
  copy(single?: boolean): LoadPlugin;
}

const pythonFixture = 'spec/fixtures/python/mirror';
const bundled = '.cache/bench/load.mjs';

/** What the fixtures send around the padding whose size they are told, with a count of six digits. */
const GO_AROUND = '{"message":{"i":100000,"pad":""},"meta":null}'.length;
const PYTHON_AROUND = '{"message": {"i": 100000, "pad": ""}, "meta": null}'.length;

export const goContender: Contender = {
  language: 'Go',
  missing: goMissing(),
  large: false,
  copy() {
    const plugin = newPlugin('go', 'mirror', { source: 'random', function: 'echo', slow: 'slow', sink: 'file' });
    const executable = join(plugin.dir, 'mirror');
    copyFileSync(join(go, 'mirror'), executable);
    chmodSync(executable, 0o755);
    return {
      ...plugin,
      command: [executable],
      flood: (size) => ({ flood: true, size: size - GO_AROUND }),
      collect: { path: '/dev/null', count: true },
    };
  },
};

export const pythonContender: Contender = {
  language: 'Python',
  missing: existsSync(subjectPython) ? undefined : 'no Python with the SDK, see node scripts/setup.mjs test',
  large: false,
  copy() {
    const plugin = newPlugin('python', 'main.py', {
      source: 'pyrandom',
      function: 'pyecho',
      slow: 'pyslow',
      sink: 'pyfile',
    });
    const isProgram = (path: string): boolean => basename(path) !== '__pycache__' && !path.endsWith('.json');
    cpSync(pythonFixture, plugin.dir, { recursive: true, filter: isProgram });
    return {
      ...plugin,
      command: [subjectPython, '-u', join(plugin.dir, 'main.py')],
      flood: (size) => ({ flood: true, size: size - PYTHON_AROUND }),
      collect: { path: '/dev/null' },
    };
  },
};

export const tsContender: Contender = {
  language: 'TypeScript',
  missing: existsSync(bundled) ? undefined : `no ${bundled}`,
  large: true,
  copy(single = false) {
    const plugin = newPlugin('node', 'main.mjs', { source: 'flood', function: 'echo', slow: 'slow', sink: 'count' });
    copyFileSync(bundled, join(plugin.dir, 'main.mjs'));
    if (single) writeFileSync(join(plugin.dir, 'single'), '');
    return {
      ...plugin,
      command: [process.execPath, join(plugin.dir, 'main.mjs')],
      flood: (size) => ({ size }),
      collect: {},
    };
  },
};

export const contenders: readonly Contender[] = [goContender, pythonContender, tsContender];

interface Symbols {
  readonly source: string;
  readonly function: string;
  readonly slow: string;
  readonly sink: string;
}

/** Everything but its program, and what only its language knows. */
function newPlugin(
  language: string,
  executable: string,
  base: Symbols,
): Omit<LoadPlugin, 'command' | 'flood' | 'collect'> {
  const symbol = suffixed();
  const symbols = {
    source: symbol(base.source),
    function: symbol(base.function),
    slow: symbol(base.slow),
    sink: symbol(base.sink),
  };
  const { dir, name } = newFolder('load', {
    language,
    executable,
    sources: [symbols.source],
    functions: [symbols.function, symbols.slow],
    sinks: [symbols.sink],
  });
  writeFileSync(join(dir, 'fixture.json'), JSON.stringify({ name, suffix: symbol('') }));
  return { dir, name, symbol, ...symbols };
}
