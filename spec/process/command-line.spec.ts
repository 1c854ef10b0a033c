import { describe, expect, it } from '@jest/globals';
import type { InstalledPlugin } from '../../lib/install/installed-plugin.js';
import type { Manifest } from '../../lib/install/manifest.js';
import { commandLine, dieWithHost } from '../../lib/process/command-line.js';

const plugin = (manifest: Partial<Manifest>): InstalledPlugin => ({
  name: 'p',
  dir: '/data/p',
  home: '/data/p',
  executable: '/data/p/bin/main',
  manifest: {
    version: 'v1',
    language: 'go',
    executable: 'bin/main',
    sources: [],
    sinks: [],
    functions: ['f'],
    ...manifest,
  },
});
const ARGV = '{"sendTimeout":1000}';
const cwd = '/data/p/bin';

describe('the command line of a plugin', () => {
  it.each(['go', 'executable'] as const)('is the file itself: %s', (language) => {
    expect(commandLine(plugin({ language }), ARGV)).toEqual({ file: '/data/p/bin/main', args: [ARGV], cwd });
  });

  it('has the Node of the host, or another', () => {
    const node = plugin({ language: 'node' });
    expect(commandLine(node, ARGV)).toEqual({ file: process.execPath, args: ['/data/p/bin/main', ARGV], cwd });
    expect(commandLine(node, ARGV, { nodeBin: '/opt/node' }).file).toBe('/opt/node');
  });

  it('has a Python that does not buffer', () => {
    const python = plugin({ language: 'python' });
    expect(commandLine(python, ARGV)).toEqual({ file: 'python3', args: ['-u', '/data/p/bin/main', ARGV], cwd });
    expect(commandLine(python, ARGV, { pythonBin: '/venv/python' }).file).toBe('/venv/python');
  });

  it('runs through conda, whose output is not captured', () => {
    const conda = plugin({ language: 'python', virtualEnvType: 'conda', env: 'ml' });
    expect(commandLine(conda, ARGV)).toEqual({
      file: 'conda',
      args: ['run', '-n', 'ml', '--no-capture-output', 'python3', '-u', '/data/p/bin/main', ARGV],
      cwd,
    });
  });

  it.each(['go', 'executable', 'node', 'python'] as const)('ends with one argument for the SDK: %s', (language) => {
    const odd = '{"a b":"$(x) \\"quoted\\""}';
    expect(commandLine(plugin({ language }), odd).args.at(-1)).toBe(odd);
  });
});

describe('a command that dies with its host', () => {
  const line = { file: '/data/p/main', args: ['--a', ARGV], cwd };

  it('is executed in place by setpriv', () => {
    expect(dieWithHost(line, '/usr/bin/setpriv')).toEqual({
      file: '/usr/bin/setpriv',
      args: ['--pdeathsig', 'KILL', '--', '/data/p/main', '--a', ARGV],
      cwd,
    });
  });

  it('is as it was where there is none', () => {
    expect(dieWithHost(line, undefined)).toBe(line);
  });
});
