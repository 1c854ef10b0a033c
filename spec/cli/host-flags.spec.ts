import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { chmod, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { hostOptions } from '../../lib/cli/host-flags.js';
import { givenFlags } from '../../lib/cli/install-flags.js';
import { PlainTerminal } from '../helpers/plain-terminal.js';
import { rxport } from '../helpers/rxport.js';
import { root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder, unique } from '../helpers/unique.js';

const optionsOf = (flags: Parameters<typeof hostOptions>[1], env: NodeJS.ProcessEnv = {}) => {
  const { logger, ...options } = hostOptions({ env, err: new PlainTerminal() } as never, { dir: 'd', ...flags });
  expect(logger).toBeDefined();
  return options;
};

describe('what a command tells its host', () => {
  it.each([
    [{}, {}],
    [{ allowScripts: true }, { allowScripts: true }],
    [{ maxUnpacked: 512 }, { zipLimits: { bytes: 512 * 1024 * 1024 } }],
    [{ maxFiles: 20_000, maxUnpacked: 1 }, { zipLimits: { entries: 20_000, bytes: 1024 * 1024 } }],
    [{ scriptTimeout: 5 }, { scriptTimeout: 5_000 }],
    [{ python: 'py' }, { pythonBin: 'py' }],
    [{ node: 'node22' }, { nodeBin: 'node22' }],
    [{ uv: '/opt/uv' }, { uvBin: '/opt/uv' }],
    [{ conda: 'mamba' }, { condaBin: 'mamba' }],
    [{ env: ['A', 'B'] }, { env: ['A', 'B'] }],
    [{ verify: 'enforce', transport: 'nanomsg' } as const, { verify: 'enforce', transport: 'nanomsg' }],
  ])('%j', (flags, options) => {
    expect(optionsOf(flags)).toEqual({ dir: 'd', ...options });
  });

  it('has the variables set that come with a value', () => {
    const env: NodeJS.ProcessEnv = { A: 'own', B: 'own' };
    expect(optionsOf({ env: ['A', 'B=b=c', 'C='] }, env)).toMatchObject({ env: ['A', 'B', 'C'] });
    expect(env).toEqual({ A: 'own', B: 'b=c', C: '' });
  });

  it('is named as it was written', () => {
    expect(givenFlags({ env: ['A'], allowScripts: true, scriptTimeout: 1 })).toEqual([
      '--allow-scripts',
      '--script-timeout',
      '--env',
    ]);
    expect(givenFlags({})).toEqual([]);
  });
});

describe('an installation', () => {
  /** The plugin mirror with an `install.sh`. */
  async function withScript(script: string) {
    const cwd = tempFolder();
    await cp(`${root}dist/plugins/mirror`, join(cwd, 'mirror'), { recursive: true });
    await writeTree(cwd, { 'mirror/install.sh': `#!/bin/sh\n${script}\n` });
    const install = (flags: readonly string[], env = {}) =>
      rxport(['plugin', 'install', 'mirror', '--dir', 'data', '--allow-scripts', ...flags], { cwd, env });
    return { cwd, install };
  }

  it('hands on the variables that are named', async () => {
    const [own, given, kept] = ['own', 'given', 'kept'].map((name) => unique(name).replace(/\W/g, '_'));
    const { cwd, install } = await withScript(`echo "$${own} $${given} $${kept}" > said.txt`);
    const flags = ['--env', `${own}`, '--env', `${given}=two words`];
    expect(await install(flags, { [`${own}`]: 'one', [`${kept}`]: 'three' })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'data/plugins/portables/mirror/said.txt'), 'utf8')).toBe('one two words \n');
  });

  it('ends a script that takes longer than it may', async () => {
    const { install } = await withScript('sleep 60');
    const { code, stderr } = await install(['--script-timeout', '1']);
    expect(code).toBe(5);
    expect(stderr).toContain('1000 ms');
  });

  it('starts a Node plugin with another interpreter', async () => {
    const { cwd, install } = await withScript('true');
    await writeTree(cwd, { 'my-node': `#!/bin/sh\necho used > "${cwd}/used"\nexec "${process.execPath}" "$@"\n` });
    await chmod(join(cwd, 'my-node'), 0o755);
    expect(await install(['--node', join(cwd, 'my-node')])).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'used'), 'utf8')).toBe('used\n');
  });

  it.each([['=x'], ['A B'], ['1A=x'], ['']])('refuses the variable %j', async (text) => {
    const { code, stderr } = await rxport(['plugin', 'install', 'x', '--env', text]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Use NAME or NAME=value')]);
  });
});
