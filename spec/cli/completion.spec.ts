import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RXPORT, rxport } from '../helpers/rxport.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

const manifest = JSON.stringify({ language: 'node', executable: 'main.mjs', functions: ['f'] });
const plugin = (name: string): Record<string, string> => ({
  [`plugins/portables/${name}/${name}.json`]: manifest,
  [`plugins/portables/${name}/main.mjs`]: '',
});

/** What bash would offer for the last of `words`. */
async function offered(words: readonly string[], dir: string): Promise<readonly string[]> {
  const folder = tempFolder();
  writeFileSync(join(folder, 'rxport'), `#!/bin/sh\nexec "${process.execPath}" "${RXPORT}" "$@"\n`);
  chmodSync(join(folder, 'rxport'), 0o755);
  const { stdout: script } = await rxport(['completion', 'bash']);
  const line = ['rxport', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _rxport; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, RXPORT_DIR: dir, RXPORT_URL: '' };
  return execFileSync('bash', ['-c', ask], { env, encoding: 'utf8' })
    .split('\n')
    .filter((one) => one !== '');
}

describe('completion in bash', () => {
  it('offers commands, options and the plugins of the folder', async () => {
    const dir = await writeTree(tempFolder(), { ...plugin('thermo'), ...plugin('theatre'), ...plugin('mirror') });
    expect(await offered(['plugin', 're'], dir)).toEqual(['remove']);
    expect(await offered(['plugin', 'remove', '--f'], dir)).toEqual(['--force']);
    expect(await offered(['plugin', 'remove', 'th'], dir)).toEqual(['theatre', 'thermo']);
    expect(await offered(['plugin', 'remove', '--dir', '/none', ''], dir)).toEqual([]);
    expect(await offered(['rule', 'stop', ''], dir)).toEqual([]);
  });
});

describe('completion of an alias', () => {
  /** What a shell in which `lines` have been read offers for `re`. */
  const asked = async (shell: 'bash', lines: readonly string[], name: string): Promise<string> => {
    const { stdout: script } = await rxport(['completion', shell]);
    const words = `COMP_WORDS=(${name} plugin re); COMP_CWORD=2; _rxport; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync(shell, ['-c', ['shopt -s expand_aliases', script, ...lines, words].join('\n')], {
      encoding: 'utf8',
    });
  };
  const alias = `alias rxport='"${process.execPath}" "${RXPORT}"'`;

  it.each([
    ['of that name, made after the script', [alias], 'rxport'],
    ['of another name', [alias, 'alias r=rxport', 'complete -F _rxport r'], 'r'],
    ['that stands for a path', [], RXPORT],
  ])('asks the command: one %s', async (_, lines, name) => {
    expect(await asked('bash', lines, name)).toBe('remove\n');
  });
});

describe('the scripts', () => {
  it.each([
    ['zsh', /^#compdef rxport\n/],
    ['fish', /complete -c rxport/],
  ])('for %s ask the command itself', async (shell, text) => {
    const { code, stdout } = await rxport(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(text);
    expect(stdout).toContain('complete -- ');
  });
});
