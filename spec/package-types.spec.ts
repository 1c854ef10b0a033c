import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './helpers/toolchains.js';
import { tempFolder } from './helpers/unique.js';

/** How README says that symbols are told of. */
const [names = ''] = /^declare module[^]*?^}/m.exec(readFileSync(`${root}README.md`, 'utf8')) ?? [];

const USES = `
import { defineRule, Host } from 'rxport';
import { mapAsync } from 'rxport/operators';
import { plugin } from 'rxport/sdk';
import { startServer } from 'rxport/server';
import { testSink } from 'rxport/sdk/testing';
${names}
defineRule('r', ({ source, call }) => source('kelvin').pipe(call('celsius', ({ kelvin }) => [kelvin])));
// @ts-expect-error: no such source
defineRule('r', ({ source }) => source('celsius'));
// @ts-expect-error: an argument of another type
defineRule('r', ({ source, call }) => source('kelvin').pipe(call('celsius', () => ['x'])));
export const all = [Host, mapAsync, plugin, startServer, testSink];
`;

/** A project of a user, with the declarations of the package and what the package depends on, and nothing else. */
function project(): string {
  const dir = tempFolder();
  const modules = join(dir, 'node_modules');
  const own = join(modules, 'rxport');
  const isDeclaration = (path: string): boolean => !/\.(js|map)$/.test(path);
  for (const part of ['lib', 'operators'])
    cpSync(`${root}dist/${part}`, join(own, 'dist', part), { recursive: true, filter: isDeclaration });
  cpSync(`${root}package.json`, join(own, 'package.json'));
  const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of [...Object.keys(dependencies), 'rxjs', '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(`${root}node_modules/${name}`, join(modules, name));
  }
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(dir, 'main.ts'), USES);
  return dir;
}

it.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])(
  'a strict project that checks the declarations of its libraries compiles: module %s, resolution %s',
  async (module, resolution) => {
    const tsc = `${root}node_modules/typescript/bin/tsc`;
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022'];
    const args = [tsc, ...options, '--module', module, '--moduleResolution', resolution, 'main.ts'];
    const run = promisify(execFile)(process.execPath, args, { cwd: project(), timeout: 60_000 });
    expect(await run.catch(({ stdout }: { readonly stdout: string }) => ({ stdout }))).toMatchObject({ stdout: '' });
  },
  60_000,
);
