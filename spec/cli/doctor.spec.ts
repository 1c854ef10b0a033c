import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { findingLines } from '../../lib/cli/doctor.js';
import type { Finding } from '../../lib/cli/doctor/finding.js';
import { folderFindings } from '../../lib/cli/doctor/folder.js';
import { socketFindings } from '../../lib/cli/doctor/sockets.js';
import { tokenFindings } from '../../lib/cli/doctor/token.js';
import { toolchainFindings } from '../../lib/cli/doctor/toolchains.js';
import { nodeFinding } from '../../lib/cli/doctor/versions.js';
import { lockFolder } from '../../lib/process/lock.js';
import { PlainTerminal } from '../helpers/plain-terminal.js';
import { rxport } from '../helpers/rxport.js';
import { describeWith } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

/** `folder: warn …mode 777…` */
const of = (findings: readonly Finding[], what: string): string =>
  findings
    .filter((one) => one.what === what)
    .map(({ level, found }) => `${level} ${found}`)
    .join('; ');

describe('the doctor', () => {
  it.each([
    ['18.20.0', 'fail'],
    ['20.18.1', 'fail'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
  ])('finds Node %s %s', (version, level) => {
    expect(nodeFinding(version)).toMatchObject({ level });
  });

  it('says for programs and by its exit code whether rxport can work', async () => {
    const { code, stdout } = await rxport(['doctor', '--json']);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
    expect([code, ok]).toEqual([0, true]);
    expect([...new Set(findings.map(({ area }) => area))]).toEqual([
      'versions',
      'toolchains',
      'data folder',
      'service',
      'sockets',
    ]);
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    const bad = await rxport(['doctor', '--dir', file]);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain(`✗ folder`);
    expect(bad.stdout).not.toContain('\x1b');
  });

  it('gives advice where something is to be done, and there only', () => {
    const findings: readonly Finding[] = [
      { area: 'versions', what: 'node', level: 'ok', found: '20.19.0', advice: 'not shown' },
      { area: 'versions', what: 'nanomsg', level: 'note', found: 'not installed', advice: 'npm install nanomsg' },
      { area: 'sockets', what: 'folder', level: 'warn', found: 'open' },
    ];
    expect(findingLines(findings, new PlainTerminal())).toEqual([
      'versions',
      '  ✓ node     20.19.0',
      '  · nanomsg  not installed',
      '             npm install nanomsg',
      'sockets',
      '  ! folder   open',
    ]);
  });
});

describe('of the data folder the doctor tells', () => {
  it('that it is not there yet, and how much room there is', async () => {
    const findings = await folderFindings(join(tempFolder(), 'a/b'));
    expect(of(findings, 'folder')).toContain('ok');
    expect(of(findings, 'free space')).toMatch(/^(ok|warn) [\d.]+ .*B$/);
  });

  it('who may write there', async () => {
    const dir = tempFolder();
    expect(of(await folderFindings(dir), 'folder')).toBe(`ok ${dir}, mode 700`);
    chmodSync(dir, 0o777);
    expect(of(await folderFindings(dir), 'folder')).toContain('warn');
  });

  it('whose it is, and what a host that was killed has left', async () => {
    const dir = tempFolder();
    const { release } = await lockFolder(dir, dir);
    expect(of(await folderFindings(dir), 'host')).toBe(`ok pid ${process.pid} runs over it`);
    await release();
    expect(of(await folderFindings(dir), 'host')).toBe('ok none runs over it');
    writeFileSync(join(dir, 'host.lock'), '{"pid":1,"startTime":"0","ipcDir":"/none"}');
    await mkdir(join(dir, 'run'));
    writeFileSync(join(dir, 'run/rest.json'), '{"url":"http://127.0.0.1:9","pid":1}');
    await mkdir(join(dir, 'plugins/.staging/left'), { recursive: true });
    const findings = await folderFindings(dir);
    expect(of(findings, 'host')).toContain('note a host that was killed');
    expect(of(findings, 'address')).toContain('http://127.0.0.1:9');
    expect(of(findings, 'staging')).toBe('note 1 unfinished installations');
  });

  it('which plugins are broken', async () => {
    const dir = await writeTree(tempFolder(), { 'plugins/portables/thermo/thermo.json': '{"language":"node"}' });
    expect(of(await folderFindings(dir), 'plugins')).toMatch(/^warn 1 of 1 can not be loaded: .*executable/);
  });

  it('which plugins have a symbol of another', async () => {
    const manifest = JSON.stringify({ language: 'node', executable: 'main.mjs', functions: ['celsius'] });
    const dir = await writeTree(tempFolder(), {
      'plugins/portables/thermo/thermo.json': manifest,
      'plugins/portables/thermo/main.mjs': '',
      'plugins/portables/weather/weather.json': manifest,
      'plugins/portables/weather/main.mjs': '',
    });
    expect(of(await folderFindings(dir), 'plugins')).toMatch(
      /^warn 1 of 2 can not be loaded: plugin thermo has .*celsius/,
    );
  });
});

describe('of the token the doctor tells', () => {
  it('who may read it', async () => {
    const file = join(tempFolder(), 'token');
    const found = async (): Promise<string> => of(await tokenFindings({ file, variable: 'unread' }), 'token');
    expect(await found()).toMatch(/^fail .*ENOENT/);
    writeFileSync(file, 'secret\n');
    chmodSync(file, 0o640);
    expect(await found()).toBe(`warn ${file}, mode 640: others may read or change it`);
    chmodSync(file, 0o600);
    expect(await found()).toBe(`ok ${file}, mode 600`);
  });

  it('that there is one, and what it is for where there is none', async () => {
    const found = async (variable?: string): Promise<string> =>
      of(await tokenFindings({ file: undefined, variable }), 'token');
    expect(await found('secret')).toBe('ok in RXPORT_TOKEN');
    expect(await found()).toMatch(/^note none: .*loopback/);
    expect(await found('')).toMatch(/^note none/);
  });
});

describe('of sockets the doctor tells', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const listenOn = (path: string): Promise<void> =>
    new Promise((resolve) => {
      servers.push(createServer().listen(path, resolve));
    });

  it('how much room a path leaves', async () => {
    expect(of(await socketFindings('/tmp', '/tmp'), 'path length')).toMatch(/^ok \/tmp leaves \d\d bytes/);
    expect(of(await socketFindings(`/tmp/${'x'.repeat(40)}`, '/tmp'), 'path length')).toContain('note');
    expect(of(await socketFindings(`/tmp/${'x'.repeat(90)}`, '/tmp'), 'path length')).toContain('fail');
  });

  it('whether others may put theirs in their place', async () => {
    const folder = tempFolder();
    chmodSync(folder, 0o777);
    expect(of(await socketFindings(folder, folder), 'folder')).toContain('warn');
    chmodSync(folder, 0o1777);
    expect(of(await socketFindings(folder, folder), 'folder')).toContain('ok');
    expect(of(await socketFindings('/none', folder), 'folder')).toContain('fail');
  });

  it('which nobody listens on', async () => {
    const folder = tempFolder();
    await mkdir(join(folder, 'rxport-abc'));
    await listenOn(join(folder, 'living.ipc'));
    await writeTree(folder, { 'file.ipc': '' });
    expect(of(await socketFindings(folder, folder), 'stale files')).toBe('ok none of 1 socket files');
    await leaveSocket(join(folder, 'rxport-abc/dead.ipc'));
    expect(of(await socketFindings(folder, folder), 'stale files')).toBe(
      `note 1 of 2: ${join(folder, 'rxport-abc/dead.ipc')}`,
    );
  });
});

/** A process that is killed does not remove its socket. */
const leaveSocket = async (path: string): Promise<void> => {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await new Promise<void>((resolve) => execFile(process.execPath, ['-e', script, path], () => resolve()));
};

it('of a toolchain that does not work the doctor tells how it ends', async () => {
  const python = join(await writeTree(tempFolder(), { python: '#!/bin/sh\necho broken >&2\nexit 3\n' }), 'python');
  chmodSync(python, 0o755);
  const findings = await toolchainFindings(python);
  expect(of(findings, 'python')).toBe(`note ${python} ended with 3: broken`);
  expect(of(findings, 'ekuiper SDK')).toBe('note broken');
});

describeWith('python', 'of toolchains the doctor tells', (python) => {
  it('which Python has the SDK', async () => {
    const findings = await toolchainFindings(python);
    expect(of(findings, 'python')).toContain(`ok Python 3`);
    expect(of(findings, 'ekuiper SDK')).toMatch(/^ok \d.* on pynng \d/);
  });

  it('that one is missing', async () => {
    const findings = await toolchainFindings('/no/python');
    expect(of(findings, 'python')).toBe('note /no/python can not be executed');
    expect(of(findings, 'ekuiper SDK')).toBe('note no Python');
  });
});
