import { describe, expect, it } from '@jest/globals';
import { type PackedEntry, stockProblems } from '../../lib/install/stock-rules.js';

const manifest = { version: 'v1', language: 'python', executable: 'main.py', sources: ['thermo'], functions: ['f'] };
const files = ['thermo.json', 'main.py', 'sources/thermo.yaml', 'functions/f.json'];

const packed = (paths: readonly string[], modes: Readonly<Record<string, number>> = {}): readonly PackedEntry[] =>
  paths.map((path) => ({ path, mode: modes[path] ?? (path.endsWith('/') ? 0o40755 : 0o100644) }));

const problems = (changes: object = {}, entries = packed(files)): readonly string[] =>
  stockProblems('thermo', { ...manifest, ...changes }, entries);

describe('a stock eKuiper', () => {
  it.each([
    ['a plugin', {}],
    ['its own name', { name: 'thermo' }],
    ['no version', { version: undefined }],
    ['empty fields', { name: '', virtualEnvType: null, env: '', sinks: null }],
    ['a conda environment', { virtualEnvType: 'conda', env: 'ml' }],
    ['what it does not know', { replicas: 2, more: [1] }],
  ])('takes %s', (_, changes) => {
    expect(problems(changes)).toEqual([]);
  });

  it.each([
    ['another name', { name: 'other' }, "invalid plugin, expect name 'thermo' but got 'other'"],
    ['no language', { language: '' }, 'invalid plugin, missing language'],
    ['no executable', { executable: undefined }, 'invalid plugin, missing executable'],
    [
      'no symbols',
      { sources: [], functions: null },
      'invalid plugin, must define at lease one source, sink or function',
    ],
    [
      'a language of ours',
      { language: 'node' },
      "invalid plugin, language 'node' is not supported: a stock eKuiper knows go (any program) and python",
    ],
    [
      'an environment of ours',
      { virtualEnvType: 'venv' },
      "virtualEnvType 'venv' is not supported: a stock eKuiper knows conda",
    ],
    ['conda without env', { virtualEnvType: 'conda' }, 'env is missing: a stock eKuiper crashes on conda without it'],
    [
      'a list that is none',
      { sources: 'thermo' },
      'invalid plugin, sources in thermo.json: use texts, and lists of texts',
    ],
    [
      'a source without a file',
      { sources: ['thermo', 'hygro'] },
      'missing sources/hygro.yaml: a stock eKuiper wants one for each source, "default: {}" will do',
    ],
    ['an executable that is not there', { executable: 'run.py' }, 'missing run.py'],
  ])('refuses %s', (_, changes, problem) => {
    expect(problems(changes)).toEqual([problem]);
  });

  it('says every problem, and takes no manifest for none', () => {
    expect(problems({ language: '', executable: '', sources: [], functions: [] })).toHaveLength(3);
    expect(stockProblems('thermo', 'x', [])).toEqual([
      'invalid plugin, the whole in thermo.json: use texts, and lists of texts',
    ]);
    expect(stockProblems('thermo', manifest, [])).toEqual([
      'missing thermo.json',
      'missing main.py',
      expect.stringContaining('missing sources/thermo.yaml'),
    ]);
  });

  it.each([
    ['one level without entries', ['lib/a.py'], []],
    ['two levels, each with an entry', ['lib/', 'lib/deep/', 'lib/deep/a.py'], []],
    ['two levels, the first one made by a file', ['lib/a.py', 'lib/deep/b.py'], []],
    [
      'two levels without entries',
      ['lib/deep/a.py', 'lib/deep/b.py'],
      ['lib/deep/a.py comes before the folder lib/, which needs an entry of its own'],
    ],
    [
      'a folder below one without an entry',
      ['lib/deep/'],
      ['lib/deep/ comes before the folder lib/, which needs an entry of its own'],
    ],
    [
      'an entry that comes too late',
      ['lib/deep/a.py', 'lib/'],
      ['lib/deep/a.py comes before the folder lib/, which needs an entry of its own'],
    ],
    [
      'a program in a shared folder',
      ['functions/f.py'],
      ['functions/f.py is put into a folder that all plugins share, where the program does not find it'],
    ],
  ])('makes folders as it does: %s', (_, paths, expected) => {
    expect(problems({}, packed([...files, ...paths]))).toEqual(expected);
  });

  it('takes modes as they are', () => {
    expect(problems({}, packed(files, { 'main.py': 0 }))).toEqual(['main.py may not be read: its mode is 0']);
    const go = { language: 'go', executable: 'main.py' };
    expect(problems(go)).toEqual(['main.py may not be executed: its mode lacks the x']);
    expect(problems(go, packed(files, { 'main.py': 0o100755 }))).toEqual([]);
  });
});
