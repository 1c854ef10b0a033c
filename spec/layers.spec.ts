import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { circles } from './helpers/circles.js';
import { importsOf } from './helpers/imports.js';
import { problems } from './helpers/layers.js';
import { root } from './helpers/toolchains.js';

const files = ['lib', 'operators', 'plugins', 'examples']
  .filter((folder) => existsSync(root + folder))
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  )
  .sort();

const docs = readdirSync(`${root}docs`).map((file) => `docs/${file}`);

const read = (file: string): string => readFileSync(root + file, 'utf8');

describe('the source tree', () => {
  it('keeps its rules', () => {
    expect(files).toContain('lib/errors.ts');
    expect(files.flatMap((file) => problems(file, read(file)))).toEqual([]);
  });

  it('imports in no circle, not for a type either', () => {
    const imports = new Map(files.map((file) => [file, importsOf(file, read(file))]));
    expect(circles(imports)).toEqual([]);
  });

  it('has no marks of a merge in what people read', () => {
    const texts = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...docs];
    expect(texts.filter((file) => /^(<{7}|={7}$|>{7})/m.test(read(file)))).toEqual([]);
  });
});

describe('the guard', () => {
  it.each([
    ['a step back along the arrow', 'lib/control/a.ts', "import { b } from '../process/b.js';"],
    ['a leaf', 'lib/sp/a.ts', "import { b } from '../errors.js';"],
    ['its own folder', 'lib/wire/a.ts', "export { b } from './b.js';"],
    ['wire in the SDK', 'lib/sdk/a.ts', "import { b } from '../wire/b.js';"],
    ['the server from the command line', 'lib/cli/a.ts', "import { b } from '../server/b.js';"],
    ['everything at the door', 'lib/index.ts', "export { b } from './host.js';"],
    ['io-ts in an operator', 'operators/a.ts', "import { b } from 'io-ts/lib/PathReporter.js';"],
    ['the SDK in a plugin', 'plugins/x/main.ts', "import { b } from 'rxport/sdk'; import { c } from './c.js';"],
    ['the package in an example', 'examples/a.ts', "import { b } from 'rxport'; const now = Date.now();"],
    ['the name of a transport', 'lib/config.ts', "const transport = 'nanomsg';"],
    ['nanomsg in its adapter', 'lib/sp/nanomsg.ts', "const b = await import('nanomsg');"],
    ['processes in lib/process', 'lib/process/a.ts', "import { spawn } from 'node:child_process';"],
    ['time in the clock', 'lib/clock.ts', 'setTimeout(a, Date.now());'],
    ['the timeout of a socket', 'lib/sp/a.ts', 'socket.setTimeout(5); setImmediate(a); new Date(5);'],
    ['250 lines', 'lib/sp/a.ts', 'a();\n'.repeat(250)],
  ])('allows %s', (_, path, text) => {
    expect(problems(path, text)).toEqual([]);
  });

  it.each([
    ['a step forward', 'lib/wire/a.ts', "import { b } from '../rule/b.js';", 'lib/wire/a.ts:1: imports lib/rule/b.ts'],
    ['wire in sp', 'lib/sp/a.ts', "import type { b } from '../wire/b.js';", 'sp may import leaves'],
    ['sp in wire', 'lib/wire/a.ts', "import { b } from '../sp/b.js';", 'wire may import leaves'],
    ['a folder in a leaf', 'lib/errors.ts', "import { b } from './sp/b.js';", 'errors may import leaves'],
    ['the command line in the server', 'lib/server/a.ts', "import { b } from '../cli/b.js';", 'imports lib/cli/b.ts'],
    ['the host in a folder', 'lib/rule/a.ts', "export * from '../host.js';", 'imports lib/host.ts'],
    ['the door', 'lib/rule/a.ts', "import { b } from '../index.js';", 'imports lib/index.ts'],
    ['control in the SDK', 'lib/sdk/a.ts', "import { b } from '../control/b.js';", 'sdk may import leaves, sp, wire'],
    ['a type from afar', 'lib/sp/a.ts', "type B = import('../host.js').B;", 'imports lib/host.ts'],
    ['the package in itself', 'lib/rule/a.ts', "import { b } from 'rxport/sdk';", 'import the file'],
    ['an operator in lib', 'lib/rule/a.ts', "import { b } from '../../operators/b.js';", 'lib imports only lib'],
    ['an unknown folder', 'lib/misc/a.ts', '', 'lib/misc/a.ts: "misc" is no place'],
    ['an unknown leaf', 'lib/strings.ts', '', '"strings" is no place'],
    ['a vague name', 'lib/sp/utils.ts', '', 'is named after nothing'],
    [
      'the clock in an operator',
      'operators/a.ts',
      "import { b } from '../lib/clock.js';",
      'errors, stage and duration',
    ],
    ['yaml in an operator', 'operators/a.ts', "import { b } from 'yaml';", 'operators use rxjs'],
    ['lib in a plugin', 'plugins/x/a.ts', "import { b } from '../../lib/sdk/index.js';", 'outside plugins/x'],
    ['another plugin', 'plugins/x/a.ts', "import { b } from '../y/a.js';", 'outside plugins/x'],
    ['the host in a plugin', 'plugins/x/a.ts', "import { b } from 'rxport';", 'a plugin uses rxport/sdk'],
    ['lib in an example', 'examples/a.ts', "import { b } from '../lib/host.js';", 'outside examples'],
    ['nanomsg', 'lib/sp/a.ts', "const b = await import('nanomsg');", 'imports nanomsg'],
    ['a required nanomsg', 'examples/a.ts', "const b = require('nanomsg');", 'imports nanomsg'],
    ['sockets', 'lib/channel/a.ts', "import { b } from 'node:net';", 'imports node:net'],
    ['sockets by the old name', 'lib/channel/a.ts', "import { b } from 'net';", 'write node:net'],
    ['processes', 'lib/control/a.ts', "import { b } from 'node:child_process';", 'imports node:child_process'],
    ['a timer', 'lib/sp/a.ts', '\nsetTimeout(a, 5);', 'lib/sp/a.ts:2: uses setTimeout'],
    ['an interval', 'operators/a.ts', 'globalThis.setInterval(a, 5);', 'uses setInterval'],
    ['the time', 'lib/sp/a.ts', 'const clock = { now: Date.now };', 'uses Date.now'],
    ['today', 'lib/sp/a.ts', 'const now = new Date();', 'uses new Date()'],
    ['promised timers', 'lib/sp/a.ts', "import { b } from 'node:timers/promises';", 'imports node:timers/promises'],
    ['any', 'plugins/x/a.ts', 'const a = b as any;', 'uses `any`'],
    ['a bare error', 'lib/sp/a.ts', "throw new Error('b');", 'throws a bare Error'],
    ['251 lines', 'lib/sp/a.ts', 'a();\n'.repeat(251), 'has 251 lines'],
  ])('refuses %s', (_, path, text, problem) => {
    expect(problems(path, text)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('the search for circles', () => {
  const found = (...files: readonly (readonly [path: string, text: string])[]): string[] =>
    circles(new Map(files.map(([path, text]) => [path, importsOf(path, text)])));

  it('finds one over several folders, once, whatever kind of import it is made of', () => {
    expect(
      found(
        ['lib/sp/c.ts', "type A = import('../a.js').A;"],
        ['lib/wire/b.ts', "export * from '../sp/c.js';"],
        ['lib/a.ts', "import { d } from './d.js'; import type { B } from './wire/b.js';"],
        ['lib/d.ts', "import 'rxjs';"],
      ),
    ).toEqual(['lib/a.ts → lib/wire/b.ts → lib/sp/c.ts → lib/a.ts']);
  });

  it('finds one that hangs on another, and a file that imports itself', () => {
    expect(
      found(
        ['lib/a.ts', "import './b.js';"],
        ['lib/b.ts', "import './a.js'; import './c.js';"],
        ['lib/c.ts', "import './b.js';"],
        ['lib/d.ts', "import './d.js';"],
      ),
    ).toEqual(['lib/a.ts → lib/b.ts → lib/a.ts', 'lib/b.ts → lib/c.ts → lib/b.ts', 'lib/d.ts → lib/d.ts']);
  });

  it('is content with two ways to one file', () => {
    expect(
      found(
        ['lib/a.ts', "import './b.js'; import './c.js';"],
        ['lib/b.ts', "import './d.js';"],
        ['lib/c.ts', "import './d.js';"],
        ['lib/d.ts', ''],
      ),
    ).toEqual([]);
  });
});
