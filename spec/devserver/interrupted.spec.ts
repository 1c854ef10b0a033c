import { describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findSetpriv } from '../../lib/process/setpriv.js';
import { isAlive } from '../helpers/alive.js';
import { Rxport } from '../helpers/rxport.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** `rxport dev` over a Go module whose compiler takes a minute. */
async function building() {
  const folder = tempFolder();
  const [bin, name, pid] = [join(folder, 'bin'), unique('slow'), join(folder, 'pid')];
  const dir = join(folder, name);
  mkdirSync(bin);
  mkdirSync(dir);
  writeFileSync(join(bin, 'go'), `#!/bin/sh\necho $$ > ${pid}\nexec sleep 60\n`);
  chmodSync(join(bin, 'go'), 0o755);
  writeFileSync(join(dir, 'go.mod'), 'module x\n\ngo 1.19\n');
  const manifest = { version: 'v1.0.0', language: 'go', executable: 'x', functions: [unique('f')] };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest));
  const command = new Rxport(['dev', dir, '--port', '0'], {
    env: { PATH: `${bin}${delimiter}${process.env['PATH']}`, TMPDIR: folder },
  });
  await until(() => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n'), 'the compiler at work');
  return { command, compiler: Number(readFileSync(pid, 'utf8')) };
}

describe('a test server that is still building its plugin', () => {
  it('ends with its compiler on Ctrl-C', async () => {
    const { command, compiler } = await building();
    command.child.kill('SIGINT');
    expect(await command.finished).toMatchObject({ code: 130 });
    await until(() => !isAlive(compiler), 'the end of the compiler');
  });

  it('takes its compiler with it when it is killed', async () => {
    // On a system without it nothing does.
    expect(findSetpriv()).toBeDefined();
    const { command, compiler } = await building();
    command.child.kill('SIGKILL');
    await until(() => !isAlive(compiler), 'the end of the compiler');
  });
});
