import { describe, expect, it } from '@jest/globals';
import { Manifest, parseManifest } from '../../lib/install/manifest.js';

const mirror = {
  version: 'v1.0.0',
  language: 'go',
  executable: 'mirror',
  sources: ['random'],
  sinks: ['file'],
  functions: ['echo'],
};

const parse = (changes: Record<string, unknown>): Manifest =>
  parseManifest({ ...mirror, ...changes }, '/plugins/mirror/mirror.json');

const problemsOf = (changes: Record<string, unknown>): readonly string[] => {
  try {
    parse(changes);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_MANIFEST_INVALID' });
    return (error as { details: { problems: readonly string[] } }).details.problems;
  }
  return [];
};

describe('parseManifest', () => {
  it('reads the example of the overview as it is', () => {
    expect(parse({})).toEqual(mirror);
  });

  it.each([
    ['javascript', 'node'],
    ['typescript', 'node'],
    ['node', 'node'],
    ['python', 'python'],
    ['executable', 'executable'],
  ])('reads language %s as %s', (language, expected) => {
    expect(parse({ language }).language).toBe(expected);
  });

  it('takes missing, null and empty as Go does', () => {
    const read = parse({ version: null, sources: null, functions: undefined, name: '', virtualEnvType: '', env: null });
    expect(read).toEqual({ ...mirror, version: '', sources: [], functions: [] });
  });

  it('ignores keys it does not know', () => {
    expect(parse({ author: 'somebody', __proto__: { polluted: true } })).toEqual(mirror);
  });

  it.each(['conda', 'venv', 'uv'])('takes the environment type %s', (virtualEnvType) => {
    expect(parse({ language: 'python', virtualEnvType, env: 'ml' })).toMatchObject({ virtualEnvType, env: 'ml' });
  });

  it.each([1, 2, 64])('takes %d replicas', (replicas) => {
    expect(parse({ replicas }).replicas).toBe(replicas);
  });

  it.each([0, -1, 65, 1.5, '2', [2]])('refuses %j replicas', (replicas) => {
    expect(problemsOf({ replicas })).toEqual([
      `replicas is ${JSON.stringify(replicas)}: use a whole number from 1 to 64`,
    ]);
  });

  it.each(['main.py', './main.py', 'bin/main', 'a..b/main'])('takes the executable %s', (executable) => {
    expect(parse({ executable }).executable).toBe(executable);
  });

  it.each(['../main', 'bin/../../main', '/usr/bin/env', 'C:main', 'bin\\main', 'bin/', 'main\0.py', 7])(
    'refuses the executable %j',
    (executable) => {
      expect(problemsOf({ executable })).toEqual([
        `executable ${JSON.stringify(executable)} is not a file in the plugin's folder: use a relative path with "/" and without ".."`,
      ]);
    },
  );

  it.each([
    ['a missing language', { language: undefined }, 'language is missing: use "go", "python", "node" or "executable"'],
    [
      'an unknown one',
      { language: 'ruby' },
      'language "ruby" is not supported: use "go", "python", "node" or "executable"',
    ],
    [
      'a missing executable',
      { executable: '' },
      "executable is missing: name the file to run, relative to the plugin's folder",
    ],
    ['a version that is no text', { version: 2 }, 'version is 2: use a string such as "v1.0.0"'],
    ['a list that is none', { sinks: 'file' }, 'sinks is "file": use a list of names'],
    ['a symbol twice', { sinks: ['file', 'file'] }, 'sinks holds "file" twice: name each once'],
    ['no symbols', { sources: [], sinks: [], functions: null }, 'sources, sinks, functions: name at least one symbol'],
    ['an unknown environment', { virtualEnvType: 'poetry' }, 'virtualEnvType is "poetry": use "conda", "venv" or "uv"'],
    [
      'conda without a name',
      { virtualEnvType: 'conda', env: '' },
      'env is missing: virtualEnvType "conda" needs the name of the environment',
    ],
    [
      'another name',
      { name: 'mirrors' },
      'name is "mirrors": rename the file to mirrors.json, or the plugin to "mirror"',
    ],
  ])('refuses %s', (_, changes, problem) => {
    expect(problemsOf(changes)).toEqual([problem]);
  });

  it('names the place of a symbol whose name would leave a folder', () => {
    expect(problemsOf({ functions: ['echo', '../../../x'] })).toEqual([
      expect.stringMatching(/^functions\[1\] "\.\.\/\.\.\/\.\.\/x" is not a name: use 1 to 64/),
    ]);
  });

  it('takes one name in two kinds', () => {
    expect(parse({ sources: ['same'], sinks: ['same'] })).toMatchObject({ sources: ['same'], sinks: ['same'] });
  });

  it('reports every problem at once, with the file', () => {
    const changes = { language: 'ruby', executable: '/x', sources: [], sinks: [], functions: [], name: 'other' };
    expect(problemsOf({ ...changes, virtualEnvType: 'conda' })).toHaveLength(5);
    expect(() => parse(changes)).toThrow(/^\/plugins\/mirror\/mirror\.json: language .*; executable .*; name is/s);
  });

  it.each([null, [], 'text', 7])('refuses %j', (json) => {
    expect(() => parseManifest(json, 'mirror.json')).toThrow(
      expect.objectContaining({ code: 'ERR_MANIFEST_INVALID', message: expect.stringContaining('use a JSON object') }),
    );
  });
});

describe('Manifest', () => {
  it('knows a manifest that it has read, and no other', () => {
    expect(Manifest.is(parse({}))).toBe(true);
    expect(Manifest.is({ ...mirror, language: 'javascript' })).toBe(false);
    expect(Manifest.is({ ...mirror, sources: [], sinks: [], functions: [] })).toBe(false);
  });
});
