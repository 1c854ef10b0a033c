import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Asked, body, devServer, isReady, typescriptPlugin } from '../helpers/dev-server.js';
import { copyFixture } from '../helpers/fixture.js';
import { startHost } from '../helpers/host.js';
import { processesOf } from '../helpers/leftovers.js';
import { linesOf } from '../helpers/lines.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';
import { withOwnTemp } from '../helpers/own-temp.js';
import { until } from '../helpers/until.js';

const program = (version: string): string => `
import { interval, map } from 'rxjs';
import { plugin } from 'rxport/sdk';
plugin({
  name: 'NAME',
  sources: { count: () => interval(10).pipe(map((i) => ({ i, version: '${version}' }))) },
  functions: { version: () => '${version}' },
});
`;
const MANIFEST = { sources: ['count'], functions: ['version'] };

const versionOf = async (server: Asked): Promise<unknown> =>
  (await server.post('/symbol/exec', { symbolName: 'version' })).body['result'];

describe('a plugin in TypeScript that is watched', () => {
  it('is built and started anew when it changes, with what runs in it', async () => {
    const { dir, name, main } = typescriptPlugin(program('one'), MANIFEST);
    const server = await devServer({ folder: dir, watch: true });
    expect(await server.post('/symbol/start', body('source', 'count'))).toMatchObject({ status: 200 });
    expect(await versionOf(server)).toBe('one');
    const tap = await server.events('/symbol/tap?symbolName=count');

    writeFileSync(main, program('two').replace('NAME', name));
    await until(() => tap.some(({ data }) => JSON.stringify(data).includes('"version":"two"')), 'the new version');
    expect(await versionOf(server)).toBe('two');

    writeFileSync(join(dir, 'out.json'), '{}');
    writeFileSync(main, 'export const x: = 5;');
    await until(() => server.lines.some((line) => line.includes('can not be built')), 'the error of the build');
    expect(server.lines.find((line) => line.includes('can not be built'))).toMatch(/main\.ts:1:17: /);
    expect(await versionOf(server)).toBe('two');

    writeFileSync(main, 'process.exit(3);');
    await until(() => server.lines.some((line) => line.includes('code 3')), 'the end of a version that dies');
    expect(await versionOf(server)).toBe('two');
    writeFileSync(main, program('three').replace('NAME', name));
    await until(() => tap.some(({ data }) => JSON.stringify(data).includes('"version":"three"')), 'the third version');
  });

  it('shows where an error is in its source', async () => {
    const main = `
import { plugin } from 'rxport/sdk';
type Nothing = undefined;

plugin({ name: 'NAME', functions: { stack: () => (new Error('here').stack ?? '').split('\\n')[1] } });
`;
    const { dir } = typescriptPlugin(main, { functions: ['stack'] });
    const server = await devServer({ folder: dir });
    const { body: answer } = await server.post('/symbol/exec', { symbolName: 'stack' });
    expect(answer['result']).toContain('main.ts:5:');
  });

  it('leaves nothing when it can not be built', async () => {
    const { dir } = typescriptPlugin(`import { x } from './missing.js'; x();`, MANIFEST);
    await withOwnTemp(async (folder) => {
      await expect(devServer({ folder: dir })).rejects.toMatchObject({
        code: 'ERR_PACK_BUILD',
        message: expect.stringContaining('main.ts:1:19: Could not resolve "./missing.js"'),
      });
      expect(readdirSync(folder)).toEqual([]);
    });
  });
});

describe('a plugin that the test server has started', () => {
  it('is started again when it was killed, and gets back what ran', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir });
    await server.post('/symbol/start', body('source', symbol('count')));
    const { body: first } = await server.post('/symbol/exec', { symbolName: symbol('pid') });
    process.kill(Number(first['result']), 'SIGKILL');
    await until(() => server.lines.filter((line) => line.endsWith('has shaken hands')).length === 2, 'its return');
    const { body: second } = await server.post('/symbol/exec', { symbolName: symbol('pid') });
    expect(second['result']).not.toBe(first['result']);
    const tap = await server.events(`/symbol/tap?symbolName=${symbol('count')}`);
    await until(() => tap.length > 0, 'tuples of the second process');
  });

  it('says why it does not come', async () => {
    const { dir } = typescriptPlugin(`throw new Error('no licence');`, { functions: ['version'] });
    const server = await devServer({ folder: dir, timeout: 500 });
    await until(() => server.lines.some((line) => line.includes('no licence')), 'its end');
    expect(await server.post('/symbol/exec', { symbolName: 'version' })).toMatchObject({
      status: 502,
      body: { code: 'ERR_PLUGIN_EXITED', message: expect.stringContaining('no licence') },
    });
    expect((await server.get('/symbol')).body).toMatchObject({ plugin: { error: { code: 'ERR_PLUGIN_EXITED' } } });
  });

  it('leaves no process, no socket and no file', async () => {
    const { dir, name, symbol } = scriptedPlugin();
    await withOwnTemp(async (folder) => {
      const server = await devServer({ folder: dir });
      await server.post('/symbol/start', body('source', symbol('count')));
      await server.post('/symbol/start', body('sink', symbol('file'), { config: { path: join(dir, 'out') } }));
      await server.post('/symbol/exec', { symbolName: symbol('echo'), args: [1] });
      await server.events('/trace');
      expect(processesOf(dir, [name])).toHaveLength(1);
      await server.close();
      expect(processesOf(dir, [name])).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
      await expect(fetch(server.url)).rejects.toThrow();
    });
  });

  it('shows each word on the wire, in one line', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir, trace: true });
    await isReady(server);
    const trace = await server.events('/trace');
    const sink = body('sink', symbol('file'), { config: { path: join(dir, 'out'), acks: ['ok'] } });
    await server.post('/symbol/start', sink);
    await server.post('/symbol/send', { symbolName: symbol('file'), data: 'a\u001b[31mb'.padEnd(600, 'x'), ack: true });
    await server.post('/symbol/exec', { symbolName: symbol('echo'), args: ['hallo'] });
    const at = `${sink.meta.ruleId}_op1_0`;
    const said = [
      /^· control opened$/,
      /^← control #\d+ handshake/,
      /^→ control #\d+ start \{"symbolName":"file_/,
      /^← control #\d+ ok$/,
      new RegExp(`^→ data ${at} "a\\\\u001b\\[31mbx+… \\(\\d+ bytes\\)$`),
      new RegExp(`^← ack ${at} \\{\\}$`),
      /^→ function echo_\S+ #\d+ \{"func":"Exec","arg":\["hallo",/,
      /^← function echo_\S+ #\d+ \{"state":true,"result":"hallo"\}$/,
    ];
    for (const line of said) expect(server.lines).toContainEqual(expect.stringMatching(line));
    const texts = (): unknown[] => trace.map(({ data }) => data);
    await until(() => trace.length > 5, 'the transcript');
    for (const line of said.slice(2)) expect(texts()).toContainEqual(expect.stringMatching(line));
  });
});

describeWith('python', 'a plugin of the Python SDK in the test server', () => {
  it('runs its source, sink and function, is watched, and meets a host of the same plugin with an error', async () => {
    const { dir, name, symbol } = copyFixture('python');
    const server = await devServer({ folder: dir, watch: true });
    const source = body('source', symbol('pyrandom'), { dataSource: 'line/1', config: { interval: 5, reflect: true } });
    const meta = { ...source.meta, instanceId: 3 };
    expect(await server.post('/symbol/start', { ...source, meta })).toMatchObject({
      body: { meta: { instanceId: 3 } },
    });
    const tap = await server.events(`/symbol/tap?symbolName=${symbol('pyrandom')}`);
    await until(() => tap.length > 0, 'a tuple');
    expect(tap[0]?.data).toMatchObject({ message: { dataSource: 'line/1', config: { interval: 5 } } });
    expect(await server.post('/symbol/exec', { symbolName: symbol('pyboom'), args: [1] })).toMatchObject({
      status: 502,
      body: { code: 'ERR_CALL_FAILED', message: expect.stringContaining('boom') },
    });
    const path = join(tempFolder(), 'out');
    await server.post('/symbol/start', body('sink', symbol('pyfile'), { config: { path, ack: true } }));
    expect(
      await server.post('/symbol/send', { symbolName: symbol('pyfile'), data: { a: 1 }, ack: true }),
    ).toMatchObject({
      body: { ack: { ok: true } },
    });
    expect(linesOf(path)).toEqual([{ a: 1 }]);

    const second = devServer({ folder: dir });
    await expect(second).rejects.toMatchObject({
      code: 'ERR_ADDRESS_IN_USE',
      message: expect.stringContaining(`/tmp/plugin_${name}.ipc has a live listener: `),
    });

    const file = join(dir, 'function.py');
    writeFileSync(file, readFileSync(file, 'utf8').replace('lambda text: text[::-1]', "lambda text: text + '!'"));
    await until(() => server.lines.some((line) => line.includes('has changed')), 'the change');
    await until(() => server.lines.filter((line) => line.endsWith('has shaken hands')).length === 2, 'its return');
    expect(await server.post('/symbol/exec', { symbolName: symbol('pyrevert'), args: ['ab'] })).toMatchObject({
      body: { result: 'ab!' },
    });
    const before = tap.length;
    await until(() => tap.length > before, 'tuples of the changed plugin');
  });

  it('is started anew when its requirements change', async () => {
    const { dir } = copyFixture('python');
    const server = await devServer({ folder: dir, watch: true });
    await isReady(server);
    writeFileSync(join(dir, 'requirements.txt'), '# none\n');
    await until(() => server.lines.filter((line) => line.endsWith('has shaken hands')).length === 2, 'its return');
  });

  it('does not start while a host runs the same plugin', async () => {
    const { dir } = copyFixture('python');
    const host = await startHost();
    await host.plugins.install(dir);
    await expect(devServer({ folder: dir, launch: false })).rejects.toMatchObject({
      code: 'ERR_ADDRESS_IN_USE',
      details: { pid: process.pid },
    });
  });
});

describeWith('go', 'a plugin of the Go SDK in the test server', () => {
  it('is built from its module', async () => {
    const { dir } = copyFixture('go');
    const name = basename(dir);
    writeFileSync(join(dir, 'go.mod'), `module x\n\ngo 1.19\n`);
    writeFileSync(join(dir, 'main.go'), 'package main\n\nfunc main() { x }\n');
    const manifest = JSON.parse(readFileSync(join(dir, `${name}.json`), 'utf8')) as { readonly executable: string };
    rmSync(join(dir, manifest.executable));
    await expect(devServer({ folder: dir })).rejects.toMatchObject({
      code: 'ERR_PACK_BUILD',
      message: expect.stringContaining('./main.go:3:15: undefined: x'),
    });
  });

  it('runs its source, sink and function, as instance 0 whatever the body says', async () => {
    const { dir, symbol } = copyFixture('go');
    const server = await devServer({ folder: dir });
    const source = body('source', symbol('random'), { config: { interval: 5 } });
    const meta = { ...source.meta, instanceId: 1 };
    expect(await server.post('/symbol/start', { ...source, meta })).toMatchObject({
      status: 200,
      body: { meta: { instanceId: 0 } },
    });
    const tap = await server.events(`/symbol/tap?symbolName=${symbol('random')}`);
    await until(() => tap.length > 1, 'tuples');
    expect(await server.post('/symbol/exec', { symbolName: symbol('add'), args: [1, 2] })).toMatchObject({
      body: { result: 3 },
    });
    const path = join(tempFolder(), 'out');
    const sink = body('sink', symbol('file'), { config: { path } });
    expect(await server.post('/symbol/start', sink)).toMatchObject({ status: 200 });
    expect(await server.post('/symbol/send', { symbolName: symbol('file'), data: [1, 2] })).toMatchObject({
      body: { written: true },
    });
    expect(await server.post('/symbol/stop', sink)).toMatchObject({ status: 200, body: { delivered: 1 } });
    expect(linesOf(path)).toEqual([[1, 2]]);
    expect(await server.post('/symbol/stop', { ...source, meta })).toMatchObject({ status: 200 });
  });
});
