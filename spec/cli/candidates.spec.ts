import { describe, expect, it } from '@jest/globals';
import { candidates, type NameKind } from '../../lib/cli/candidates.js';
import { rxportProgram } from '../../lib/cli/program.js';
import type { CommonOptions, Shell } from '../../lib/cli/shell.js';
import { PlainTerminal } from '../helpers/plain-terminal.js';

const { signal } = new AbortController();
const shell: Shell = {
  out: new PlainTerminal(),
  err: new PlainTerminal(),
  env: {},
  interrupted: signal,
  signal,
  impatience: signal,
  isUnread: () => false,
  written: async () => undefined,
};
const { program } = rxportProgram(shell);

const names = async (kind: NameKind, { dir = '' }: CommonOptions): Promise<readonly string[]> => [
  `${kind}-a${dir}`,
  `${kind}-b${dir}`,
];

describe('a word can become', () => {
  it.each<[line: string, what: string, found: readonly string[]]>([
    ['pl', 'a command', ['plugin']],
    ['--j', 'an option of every command', ['--json']],
    ['plugin st', 'a command of a command', ['status', 'start', 'stop']],
    ['plugin status ', 'a plugin', ['plugin-a', 'plugin-b']],
    ['plugin status plugin-b', 'that plugin', ['plugin-b']],
    ['plugin status x ', 'nothing after the last argument', []],
    ['plugin update --force ', 'a plugin after an option', ['plugin-a', 'plugin-b']],
    ['plugin update plugin-a ', 'a file, which is for the shell', []],
    ['plugin install ', 'a file too', []],
    ['plugin update a --st', 'an option of that command', ['--strategy']],
    ['plugin install --max', 'options of an installation', ['--max-unpacked', '--max-files']],
    ['plugin update a --strategy ', 'a choice of an option', ['overlap', 'replace']],
    ['plugin logs -n ', 'nothing where a number belongs', []],
    ['plugin logs -n 5 ', 'a plugin after the value of an option', ['plugin-a', 'plugin-b']],
    ['rule restart rule-a', 'a rule', ['rule-a']],
    ['--dir /x rule stop ', 'a rule of the folder that was named', ['rule-a/x', 'rule-b/x']],
    ['--dir ', 'nothing where a folder belongs', []],
    ['completion ', 'a choice of an argument', ['bash', 'zsh', 'fish']],
    ['new ', 'no name of a plugin that is there', []],
    ['new x --lang p', 'a language', ['python']],
    ['nonsense ', 'nothing after what is no command', []],
  ])('`rxport %s`: %s', async (line, _, found) => {
    expect(await candidates(program, line.split(' '), names)).toEqual(found);
  });

  it('any command, and none that is hidden', async () => {
    const all = await candidates(program, [''], names);
    expect(all).toEqual(expect.arrayContaining(['serve', 'run', 'plugin', 'rule', 'dev', 'new', 'pack', 'doctor']));
    expect(all).not.toContain('complete');
  });
});
