import { expect, it } from '@jest/globals';
import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { rxport, Rxport } from '../helpers/rxport.js';
import { idle } from '../helpers/service.js';
import { startHost } from '../helpers/host.js';
import { root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

it('a command waits for a service that is starting, and asks that', async () => {
  const cwd = await writeTree(tempFolder(), {
    'rules/a.ts': `import { existsSync } from 'node:fs';
      await new Promise((resolve) => { const look = setInterval(() => { if (existsSync('now')) { clearInterval(look); resolve(0); } }, 5); });\n${idle('a')}`,
  });
  const service = new Rxport(['serve', 'rules', '--port', '0'], { cwd });
  await until(() => existsSync(join(cwd, 'rxport-data/host.lock')), 'the service has the folder');
  const commands = [
    ['plugin', 'install', `${root}dist/plugins/mirror`],
    ['rule', 'list'],
  ].map((args) => rxport(args, { cwd }));
  // Both find that it can not be asked.
  const early = await Promise.race([
    ...commands,
    until(() => existsSync(join(cwd, 'never')), 'nothing', 3_000).catch(() => 'none'),
  ]);
  expect(early).toBe('none');
  await writeTree(cwd, { now: '' });
  await service.says('rxport listens');
  const [installed, listed] = await Promise.all(commands);
  expect(installed).toMatchObject({ code: 0, stdout: expect.stringContaining('mirror') });
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^a +running/m) });
}, 60_000);

it('a host that has been there for long is no service that starts', async () => {
  const dir = join(tempFolder(), 'data');
  await startHost({ dir });
  const long = new Date(Date.now() - 60_000);
  utimesSync(join(dir, 'host.lock'), long, long);
  const { code, stderr } = await rxport(['plugin', 'install', `${root}dist/plugins/mirror`, '--dir', dir]);
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: expect.stringMatching(/use another folder \(ERR_HOST_LOCKED\)/),
  });
});
