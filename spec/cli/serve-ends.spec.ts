import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { idle } from '../helpers/service.js';
import { Rxport, RXPORT } from '../helpers/rxport.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

let taken: Server | undefined;
afterEach(() => void taken?.close());

const serve = (cwd: string, ...more: readonly string[]): Rxport => new Rxport(['serve', 'rules', ...more], { cwd });

describe('rxport serve', () => {
  it('runs no rule when its port is taken', async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const cwd = await writeTree(tempFolder(), {
      'rules/a.ts': `import { writeFileSync } from 'node:fs'; writeFileSync('ran', '');\n${idle('a')}`,
    });
    const { code, stderr } = await serve(cwd, '--port', String(port)).finished;
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('ERR_ADDRESS_IN_USE') });
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
  });

  it('ends at once for Ctrl-C while a rule file is loaded', async () => {
    const cwd = await writeTree(tempFolder(), {
      'rules/a.ts': `import { writeFileSync } from 'node:fs'; writeFileSync('begun', ''); await new Promise(() => setInterval(() => 0, 1000));\n${idle('a')}`,
      'rules/b.ts': idle('b'),
    });
    const service = serve(cwd, '--port', '0');
    await until(() => existsSync(join(cwd, 'begun')), 'the load has begun');
    service.child.kill('SIGINT');
    expect(await service.finished).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, 'rxport-data/host.lock'))).toBe(false);
  });

  it('fails for an exception that nobody caught, whoever reads its output', async () => {
    const cwd = await writeTree(tempFolder(), {
      'rules/a.ts': `import { existsSync } from 'node:fs';
        const look = setInterval(() => { if (existsSync('now')) { clearInterval(look); throw new Error('stray'); } }, 5);\n${idle('a')}`,
    });
    const service = serve(cwd, '--port', '0');
    service.child.stdout?.destroy();
    await service.errs('loaded ');
    await until(() => existsSync(join(cwd, 'rxport-data/run/rest.json')), 'the service listens');
    await writeTree(cwd, { now: '' });
    const { code, stderr } = await service.finished;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/rxport: .*stray.*ERR_UNCAUGHT/) });
  });
});

it('a command whose output can not be written fails', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [RXPORT, 'plugin', 'list', '--json', '--dir', tempFolder()], {
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ERR_CLI_OUTPUT') });
});
