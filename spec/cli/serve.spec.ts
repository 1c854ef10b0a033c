import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { rxport, Rxport } from '../helpers/rxport.js';
import { root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

const RULE = `import { defineRule } from 'rxport';

export default defineRule('steady', ({ source }) => source('random', { config: { interval: 5 } }));
`;

/** A service over a folder with one rule, whose plugin is not there yet. */
async function serve(...more: readonly string[]) {
  const cwd = await writeTree(tempFolder(), { 'rules/steady.ts': RULE });
  const service = new Rxport(['serve', 'rules', '--port', '0', '--json', '--log-level', 'silent', ...more], { cwd });
  await service.says('}\n');
  const { url } = JSON.parse(service.stdout) as { readonly url: string };
  const ask = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await rxport([...args, '--json'], { cwd });
    return code === 0 ? (JSON.parse(stdout) as unknown) : `${code} ${stderr}`;
  };
  return { cwd, url, service, ask };
}

describe('rxport serve', () => {
  it('is found by the other commands of its folder, until SIGTERM', async () => {
    const { cwd, url, service, ask } = await serve();
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    expect(await ask('plugin', 'list')).toEqual([]);
    expect(await ask('plugin', 'status', 'mirror')).toMatch(/^3 .*ERR_PLUGIN_UNKNOWN/);

    service.child.kill('SIGTERM');
    expect(await service.finished).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, 'rxport-data/run/rest.json'))).toBe(false);
    expect(await ask('rule', 'list')).toMatch(/^3 .*ERR_CLI_NO_SERVICE/);
  });

  it('has plugins and rules looked at and turned', async () => {
    const { ask } = await serve();
    expect(await ask('plugin', 'install', `${root}dist/plugins/mirror`)).toMatchObject({ name: 'mirror' });
    // It has failed for want of the plugin, and starts by itself.
    await runs(ask);
    expect(await ask('rule', 'start', 'steady')).toMatchObject({ text: 'Rule steady was started' });
    expect(await ask('plugin', 'list')).toMatchObject([{ name: 'mirror', status: 'running', refCount: { steady: 1 } }]);
    expect(await ask('plugin', 'remove', 'mirror')).toMatch(/^4 .*ERR_PLUGIN_IN_USE.*steady/);
    expect(await ask('rule', 'stop', 'steady')).toMatchObject({ text: 'Rule steady was stopped' });
    expect(await ask('rule', 'ledger', 'steady')).toMatchObject({ balanced: true });
    expect(await ask('plugin', 'stop', 'mirror')).toMatchObject({ text: 'portable plugin mirror is stopped' });
    expect(await ask('plugin', 'status', 'mirror')).toMatchObject({ status: 'stop' });
  }, 60_000);

  it('ends as for Ctrl-C when its terminal is closed, however often it is told', async () => {
    const { cwd, service } = await serve();
    service.child.kill('SIGHUP');
    await service.errs('stopping');
    service.child.kill('SIGHUP');
    service.child.kill('SIGHUP');
    service.child.kill('SIGHUP');
    expect(await service.finished).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, 'rxport-data/run/rest.json'))).toBe(false);
    expect(existsSync(join(cwd, 'rxport-data/host.lock'))).toBe(false);
  });

  it('says which rules it has loaded, and not what plugins print', async () => {
    const cwd = await writeTree(tempFolder(), { 'rules/steady.ts': RULE });
    const service = new Rxport(['serve', 'rules', '--watch', '--port', '0'], { cwd });
    await service.says('Ctrl-C ends it');
    await service.errs(/"level":30.*"loaded .*steady\.ts"/);
    expect(await rxport(['plugin', 'install', await talkative()], { cwd })).toMatchObject({ code: 0 });
    await service.errs('rule steady starts again: plugin mirror is there now');
    await writeTree(cwd, { 'rules/steady.ts': RULE.replace('interval: 5', 'interval: 6') });
    await service.errs(/"reloaded .*steady\.ts"/);
    rmSync(join(cwd, 'rules/steady.ts'));
    await service.errs(/steady\.ts is gone, its rules are stopped/);
    expect((await rxport(['plugin', 'logs', 'mirror'], { cwd })).stdout).toContain('a plugin talks');
    expect(service.stderr).not.toContain('a plugin talks');
  }, 30_000);

  it('refuses an address that others reach, without a token, and says where that is read', async () => {
    const { code, stderr } = await rxport(['serve', '--port', '0', '--host', '0.0.0.0']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/RXPORT_TOKEN.*--token-file \(ERR_SERVER_ADDRESS\)\n$/)]);
  });

  it('outlives whoever read what it has printed', async () => {
    const { url, service } = await serve();
    service.child.stdout?.destroy();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('refuses rules that are not there, before it begins', async () => {
    const cwd = await writeTree(tempFolder(), { 'rules/steady.ts': RULE });
    const { code, stdout, stderr } = await rxport(['serve', 'rules', 'rulse', '--port', '0', '--watch'], { cwd });
    expect([code, stdout, stderr]).toEqual([2, '', 'rxport: rulse: there is no such file or folder (ERR_RULE_FILE)\n']);
    expect(existsSync(join(cwd, 'rxport-data'))).toBe(false);
  });

  it('says that its port is taken, and leaves nothing', async () => {
    const { url } = await serve();
    const cwd = tempFolder();
    const { code, stderr } = await rxport(['serve', '--port', new URL(url).port], { cwd });
    expect(code).toBe(4);
    expect(stderr).toMatch(/^rxport: cannot serve at .*EADDRINUSE.*another port \(ERR_ADDRESS_IN_USE\)$/m);
    expect(existsSync(join(cwd, 'rxport-data/host.lock'))).toBe(false);
  });

  it('is asked for nothing that it has to be told when it starts', async () => {
    const { url, ask } = await serve();
    const flags = ['--allow-scripts', '--env', 'A=1', '--python', 'python3'];
    expect(await ask('plugin', 'install', `${root}dist/plugins/mirror`, ...flags)).toMatch(
      /^2 .*ERR_CLI_USAGE.*give --allow-scripts --env --python to rxport serve/,
    );
    expect(await ask('plugin', 'update', 'mirror', 'x.zip', '--url', url, '--uv', 'uv')).toMatch(/^2 .*give --uv to/);
    expect(await ask('plugin', 'list')).toEqual([]);
  });

  it('takes a token, which the other commands bring', async () => {
    const token = join(tempFolder(), 'token');
    await writeTree(join(token, '..'), { token: 'secret\n' });
    const { cwd, ask } = await serve('--token-file', token);
    expect(readFileSync(join(cwd, 'rxport-data/run/rest.json'), 'utf8')).not.toContain('secret');
    expect(await ask('plugin', 'list')).toMatch(/ERR_TOKEN_INVALID/);
    expect(await ask('plugin', 'list', '--token-file', token)).toEqual([]);
  });
});

/** The plugin mirror, which prints a line first. */
async function talkative(): Promise<string> {
  const folder = join(tempFolder(), 'mirror');
  await cp(`${root}dist/plugins/mirror`, folder, { recursive: true });
  const program = readFileSync(join(folder, 'main.mjs'), 'utf8').replace(/^#!.*\n/, '');
  await writeTree(folder, { 'main.mjs': `console.log('a plugin talks');\n${program}` });
  return folder;
}

type Ask = Awaited<ReturnType<typeof serve>>['ask'];

/** The rule runs; each question takes a process. */
async function runs(ask: Ask): Promise<void> {
  for (let left = 20; left > 0; left -= 1) {
    const { status } = (await ask('rule', 'status', 'steady')) as { readonly status: string };
    if (status === 'running') return;
  }
  throw new Error('the rule does not run');
}
