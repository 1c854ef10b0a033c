import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeArgv } from '../../lib/wire/argv.js';
import { CAPABILITIES } from '../../lib/wire/handshake.js';
import { bundle, type PluginChild, runPlugin } from '../helpers/bundled-plugin.js';
import { PluginHost } from '../helpers/plugin-host.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** Milliseconds that a sink takes to work off what it has. */
const FLUSH = 1_800;

let file = '';
const children: PluginChild[] = [];

beforeAll(() => {
  file = bundle('spec/fixtures/sdk/main.ts');
});

afterEach(async () => {
  for (const { child, exited } of children.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
});

function run(name: string, argument: string, env: Readonly<Record<string, string>> = {}): PluginChild {
  const child = runPlugin(file, argument, { PLUGIN_NAME: name, ...env });
  children.push(child);
  return child;
}

async function start() {
  const host = await PluginHost.listen();
  const { exited, child, stderr } = run(host.name, host.argument);
  return { host, exited, child, stderr, path: join(tempFolder(), 'out') };
}

const linesOf = (path: string): string[] => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []);

/** Milliseconds that `work` took. */
async function timed(work: Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work;
  return performance.now() - before;
}

describe('a plugin process', () => {
  it('serves a source, a function and a sink', async () => {
    const { host, path } = await start();
    const source = await host.source('count');
    await until(() => source.frames.length >= 3);
    expect(source.frames[0]).toBe('{"message":{"i":0}}');
    expect(await source.stop()).toBe('ok');

    const { ask } = await host.function('echo');
    const context = JSON.stringify({ ruleId: 'r', opId: 'o', instanceId: 0, funcId: 0 });
    expect(await ask({ func: 'Exec', arg: [{ a: 1 }, context] })).toEqual({ state: true, result: { a: 1 } });

    const sink = await host.sink('slow', { path });
    sink.send('1');
    await sink.finish();
    expect(await sink.stop()).toBe('ok');
    expect(linesOf(path)).toEqual(['1', 'completed']);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s, after its sinks and sources', async (signal) => {
    const { host, path, child, exited } = await start();
    const source = await host.source('cleansUp', { path });
    const sink = await host.sink('slow', { path });
    for (let i = 0; i < 20; i += 1) sink.send(String(i));
    await until(() => source.frames.length > 0 && linesOf(path).length > 0);
    child.kill(signal);
    expect(await exited).toBe(0);
    expect(linesOf(path).sort()).toEqual(
      [...Array.from({ length: 20 }, (_, i) => String(i)), 'cleaned up', 'completed'].sort(),
    );
    expect(readdirSync(host.ipcDir).filter((name) => name.includes('op2_0.'))).toEqual([]);
  });

  it('ends within two seconds of SIGTERM whatever its sink does', async () => {
    const { host, path, child, exited } = await start();
    const sink = await host.sink('slow', { path, delay: 60_000 });
    sink.send('1');
    await host.source('count');
    child.kill('SIGTERM');
    expect(await timed(exited)).toBeLessThan(2_000);
    expect(await exited).toBe(0);
    expect(readdirSync(host.ipcDir).filter((name) => name.includes('op1_0.'))).toEqual([]);
  });

  it.each([
    ['as long as its host gives it', 4_000, 4_000, ['1', 'completed']],
    ['no longer than its host gives it', 400, FLUSH, ['1']],
  ])('works %s at SIGTERM', async (_, killTimeout, within, lines) => {
    const host = await PluginHost.listen();
    const path = join(tempFolder(), 'out');
    const argument = encodeArgv({ v: 1, caps: CAPABILITIES, ipcDir: host.ipcDir, killTimeout });
    const { child, exited } = run(host.name, argument);
    const sink = await host.sink('slow', { path, flush: FLUSH });
    sink.send('1');
    await until(() => linesOf(path).length > 0);
    child.kill('SIGTERM');
    expect(await timed(exited)).toBeLessThan(within);
    expect(await exited).toBe(0);
    expect(linesOf(path)).toEqual(lines);
  });

  it('tells who waits for its close before it ends', async () => {
    const host = await PluginHost.listen();
    const path = join(tempFolder(), 'closed');
    const { child, exited } = run(host.name, host.argument, { CLOSED: path });
    await host.source('count');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(linesOf(path)).toEqual(['closed']);
  });

  it('ends with 1 when its host dies', async () => {
    const { host, path, exited, stderr } = await start();
    await host.source('cleansUp', { path });
    await host.control.close();
    expect(await timed(exited)).toBeLessThan(2_000);
    expect(await exited).toBe(1);
    expect(linesOf(path)).toEqual(['cleaned up']);
    expect(stderr()).toContain(`[ERROR] the host of plugin ${host.name} has gone`);
  });

  it('ends with 2 at once when rxport does not listen', async () => {
    const name = unique('p');
    const { exited, stderr } = run(name, encodeArgv({ v: 1, caps: [], ipcDir: tempFolder() }));
    expect(await exited).toBe(2);
    expect(stderr()).toMatch(new RegExp(`^\\[ERROR\\] plugin ${name} finds no host: cannot connect to .*\n$`));
  });

  it('takes its sockets along when it crashes', async () => {
    const { host, path, exited, stderr } = await start();
    await host.sink('slow', { path });
    expect(readdirSync(host.ipcDir)).toContain('rule_op1_0.ipc');
    await host.source('crash');
    expect(await exited).toBe(1);
    expect(stderr()).toContain('uncaught');
    expect(readdirSync(host.ipcDir)).not.toContain('rule_op1_0.ipc');
  });

  it('does not load a logger', () => {
    expect(readFileSync(file, 'utf8')).not.toContain('pino');
  });
});
