import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { Rxport } from '../helpers/rxport.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** A plugin that does nothing, and a program which writes down how it was called, and waits. */
async function withInterpreter(language: 'node' | 'python') {
  const cwd = await writeTree(tempFolder(), {
    'thermo/thermo.json': JSON.stringify({ version: 'v1', language, executable: 'main.x', functions: ['f'] }),
    'thermo/main.x': '',
    interpreter: '#!/bin/sh\necho "$RXPORT_SPEC_OWN $RXPORT_SPEC_SET $1 $2" > "$(dirname "$0")/said.new"\n'.concat(
      'mv "$(dirname "$0")/said.new" "$(dirname "$0")/said"\nexec sleep 60\n',
    ),
  });
  const interpreter = join(cwd, 'interpreter');
  await chmod(interpreter, 0o755);
  const said = async (flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const server = new Rxport(['dev', 'thermo', '--port', '0', ...flags], { cwd, env });
    await server.says('Ctrl-C ends it');
    await until(() => existsSync(join(cwd, 'said')), 'the interpreter runs');
    return readFileSync(join(cwd, 'said'), 'utf8');
  };
  return { interpreter, said };
}

describe('rxport dev', () => {
  it('starts a Python plugin with the interpreter of RXPORT_PYTHON', async () => {
    const { interpreter, said } = await withInterpreter('python');
    expect(await said([], { RXPORT_PYTHON: interpreter })).toContain('main.x');
  });

  it('starts it rather with that of --python, and hands on the variables that are named', async () => {
    const { interpreter, said } = await withInterpreter('python');
    const flags = ['--python', interpreter, '--env', 'RXPORT_SPEC_OWN', '--env', 'RXPORT_SPEC_SET=two'];
    const env = { RXPORT_PYTHON: '/no/python', RXPORT_SPEC_OWN: 'one' };
    expect(await said(flags, env)).toMatch(/^one two .*main\.x/);
  });

  it('starts a Node plugin with that of --node', async () => {
    const { interpreter, said } = await withInterpreter('node');
    expect(await said(['--node', interpreter])).toContain('main.x');
  });

  it.each([['--uv'], ['--conda']])('takes %s, too', async (flag) => {
    const { interpreter, said } = await withInterpreter('node');
    expect(await said([flag, 'a-program', '--node', interpreter])).toContain('main.x');
  });
});
