import { afterEach, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { RXPORT } from '../helpers/rxport.js';
import { idle } from '../helpers/service.js';
import { describeWith, root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const IN_TERMINAL = `${root}spec/fixtures/programs/in-terminal.py`;
let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

describeWith('python', 'a command whose terminal is closed', (python) => {
  /** Closes the terminal once the command has said `ready`; what was said after that. */
  async function closedAfter(ready: RegExp, cwd: string, args: readonly string[]): Promise<string> {
    const own = (child = spawn(python, [IN_TERMINAL, process.execPath, RXPORT, ...args], {
      cwd,
      env: { ...process.env, RXPORT_URL: '', RXPORT_DIR: '', RXPORT_TOKEN: '', TERM: 'xterm', NO_COLOR: '1' },
    }));
    let said = '';
    own.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    own.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => ready.test(said), `rxport says ${ready}`);
    own.stdin.end();
    await once(own, 'close');
    return said.split('\n').find((line) => line.startsWith('ended with ')) ?? said;
  }

  it.each<[command: string, ready: RegExp, args: readonly string[]]>([
    ['serve', /Ctrl-C ends it/, ['serve', 'rules', '--port', '0']],
    ['run', /running/, ['run', 'rules/a.ts']],
    ['dev', /Ctrl-C ends it/, ['dev', '--name', unique('pty'), '--port', '0']],
  ])('%s ends with 0, and leaves nothing', async (_, ready, args) => {
    const cwd = await writeTree(tempFolder(), { 'rules/a.ts': idle('a') });
    expect(await closedAfter(ready, cwd, args)).toBe('ended with code 0');
    expect(existsSync(join(cwd, 'rxport-data/host.lock'))).toBe(false);
    expect(existsSync(join(cwd, 'rxport-data/run/rest.json'))).toBe(false);
  });

  it('plugin logs --follow ends with 0', async () => {
    const line = JSON.stringify({ at: 0, stream: 'stdout', text: 'hello' });
    const service = createServer((_, answer) => void answer.write(`data: ${line}\n\n`)).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    try {
      const args = ['plugin', 'logs', 'thermo', '--follow', '--url', url];
      expect(await closedAfter(/hello/, tempFolder(), args)).toBe('ended with code 0');
    } finally {
      service.closeAllConnections();
      service.close();
    }
  });
});
