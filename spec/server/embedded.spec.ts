/** By the name of the package, as another program has it. */
import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';

const PROGRAM = `
import { Service, startServer } from 'rxport/server';
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
const service = await Service.start({ dir: process.argv[1], logger });
const server = await startServer(service, { port: 0 });
const answers = await Promise.all(['/health', '/rules'].map(async (path) => (await fetch(server.url + path)).json()));
await server.close();
await service.stop();
console.log(JSON.stringify(answers));
`;

it('a service and its REST run inside another program, which then ends', async () => {
  const args = ['--input-type=module', '-e', PROGRAM, tempFolder()];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] },
  });
  expect(JSON.parse(stdout)).toEqual([{ status: 'ok' }, []]);
});
