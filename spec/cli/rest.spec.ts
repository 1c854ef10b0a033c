import { afterEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../../lib/process/lock.js';
import { commandLine as rxport } from '../helpers/command-line.js';
import { ledger, PLUGINS, status, text, thermo, thermoService, words } from '../helpers/thermo-service.js';
import { tempFolder } from '../helpers/unique.js';
import { makeZip } from '../helpers/zip.js';

describe('a service over REST', () => {
  it('lists its plugins for people', async () => {
    const { url } = await thermoService();
    const { code, stdout, stderr } = await rxport(['plugin', 'list', '--url', url]);
    expect([code, stderr]).toEqual([0, '']);
    expect(words(stdout)).toEqual([
      'NAME VERSION LANGUAGE STATUS RULES SOURCES SINKS FUNCTIONS ERROR',
      'thermo v1.0.0 python running 1 temperature celsius, kelvin',
    ]);
  });

  it('lists them for programs, each with its status', async () => {
    const { url } = await thermoService();
    const { stdout } = await rxport(['plugin', 'list', '--json'], { env: { RXPORT_URL: url } });
    expect(JSON.parse(stdout)).toEqual([{ ...thermo, status: 'running', refCount: { overheat: 1 }, errMsg: '' }]);
  });

  it('lists one whose status can not be had', async () => {
    const { url } = await thermoService({ [`GET ${PLUGINS}/thermo/status`]: { status: 404, body: {} } });
    expect((await rxport(['plugin', 'list', '--url', url])).stdout).toContain('unknown');
  });

  it('shows a plugin: what it is, what runs of it, its last errors', async () => {
    const { url } = await thermoService();
    const { stdout } = await rxport(['plugin', 'show', 'thermo', '--url', url]);
    expect(words(stdout)).toEqual([
      'name thermo',
      'version v1.0.0',
      'language python',
      'executable /data/plugins/portables/thermo/main.py',
      'sources temperature',
      'functions celsius, kelvin',
      'status running',
      'rules overheat',
      'pid 4711',
      'restarts 2',
      expect.stringMatching(/^last update v0\.9\.0 to v1\.0\.0 \d+ d ago, overlap in 340 ms; gap of 4 ms$/),
      '',
      'runs now:',
      ' KIND SYMBOL RULE',
      ' source temperature overheat',
      '',
      'last errors:',
      expect.stringMatching(/^ \d+ d ago ERR_PLUGIN_EXITED plugin thermo exited with code 1$/),
    ]);
    const json = await rxport(['plugin', 'status', 'thermo', '--json', '--url', url]);
    expect(JSON.parse(json.stdout)).toEqual(status);
  });

  it('lists its rules, with their files as they are seen from here, and each file once', async () => {
    const broken = (file: string) => ({ id: 'x.ts', status: 'failed', file, error: { message: `${file}: no export` } });
    const [here, elsewhere] = [join(process.cwd(), 'rules/x.ts'), '/elsewhere/x.ts'];
    const { url } = await thermoService({ 'GET /rules': { body: [broken(here), broken(elsewhere)] } });
    const args = ['rule', 'list', '--url', url];
    expect(words((await rxport(args)).stdout)).toEqual([
      'ID STATUS SINCE FILE ERROR',
      'x.ts failed rules/x.ts no export',
      'x.ts failed /elsewhere/x.ts no export',
    ]);
    expect(JSON.parse((await rxport([...args, '--json'])).stdout)).toEqual([broken(here), broken(elsewhere)]);
  });

  it('installs: with the name in the zip, an address, and the arguments of install.sh', async () => {
    const service = await thermoService({ [`POST ${PLUGINS}`]: text('portable plugin thermo is created', 201) });
    const file = join(tempFolder(), 'thermo-2.zip');
    writeFileSync(file, makeZip([{ name: 'thermo.json', data: '{}' }]));
    const args = ['plugin', 'install', file, '--para', 'a', '--para', '-b', '--url', service.url];
    expect(await rxport(args)).toEqual({ code: 0, stdout: 'portable plugin thermo is created\n', stderr: '' });
    expect(service.asked).toEqual([
      {
        what: `POST ${PLUGINS}`,
        body: { name: 'thermo', file: `file://${file}`, shellParas: ['a', '-b'] },
        authorization: undefined,
      },
    ]);
  });

  it('updates, removes, starts and stops', async () => {
    const service = await thermoService({
      [`PUT ${PLUGINS}/thermo`]: text('portable plugin thermo is updated'),
      [`DELETE ${PLUGINS}/thermo`]: text('portable plugin thermo is deleted'),
      [`POST ${PLUGINS}/thermo/start`]: text('portable plugin thermo is started'),
      [`POST ${PLUGINS}/thermo/stop`]: text('portable plugin thermo is stopped'),
    });
    const env = { RXPORT_URL: service.url };
    const options = ['--strategy', 'replace', '--force'];
    const said = [
      await rxport(['plugin', 'update', 'thermo', '/t.zip', ...options], { env }),
      await rxport(['plugin', 'update', 'thermo', 'https://example.com/t.zip'], { env }),
      await rxport(['plugin', 'remove', 'thermo'], { env }),
      await rxport(['plugin', 'remove', 'thermo', '--force', '--json'], { env }),
      await rxport(['plugin', 'start', 'thermo'], { env }),
      await rxport(['plugin', 'stop', 'thermo'], { env }),
    ];
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(service.asked.map(({ what }) => what)).toEqual([
      `PUT ${PLUGINS}/thermo?strategy=replace&force=true`,
      `PUT ${PLUGINS}/thermo`,
      `DELETE ${PLUGINS}/thermo`,
      `DELETE ${PLUGINS}/thermo?force=true`,
      `POST ${PLUGINS}/thermo/start`,
      `POST ${PLUGINS}/thermo/stop`,
    ]);
    expect(service.asked[0]?.body).toEqual({ name: 'thermo', file: 'file:///t.zip' });
    expect(service.asked[1]?.body).toEqual({ name: 'thermo', file: 'https://example.com/t.zip' });
    expect(JSON.parse(said[3]?.stdout ?? '')).toEqual({ name: 'thermo', text: 'portable plugin thermo is deleted' });
  });

  it('tells the rules: a list, a status, a ledger', async () => {
    const { url } = await thermoService({
      'GET /rules/overheat/status': { body: { status: 'waiting', since: 1_000, on: ['sink alarm'] } },
      'GET /rules/overheat/ledger': { body: ledger },
      'POST /rules/overheat/restart': text('Rule overheat was restarted'),
    });
    const env = { RXPORT_URL: url };
    expect(words((await rxport(['rule', 'list'], { env })).stdout)).toEqual([
      'ID STATUS SINCE FILE ERROR',
      expect.stringMatching(/^overheat running \d+ d ago rules\/overheat.ts$/),
      'broken.ts failed rules/broken.ts no export',
    ]);
    expect(words((await rxport(['rule', 'status', 'overheat'], { env })).stdout)).toEqual([
      'status waiting',
      expect.stringMatching(/^since \d+ d ago$/),
      'waits for sink alarm',
    ]);
    expect(words((await rxport(['rule', 'ledger', 'overheat'], { env })).stdout)).toEqual([
      'STAGE RECEIVED PASSED DROPPED FAILED HELD RESTARTS PAUSES PEAK',
      'source temperature 1,200 1,190 10 overflow 0 0 0 0 0',
      'balanced',
    ]);
    expect(JSON.parse((await rxport(['rule', 'ledger', 'overheat', '--json'], { env })).stdout)).toEqual(ledger);
    expect((await rxport(['rule', 'restart', 'overheat'], { env })).stdout).toBe('Rule overheat was restarted\n');
  });
});

describe('the token of a service', () => {
  it('comes from a file or from the environment, and never from the command line', async () => {
    const service = await thermoService();
    const file = join(tempFolder(), 'token');
    writeFileSync(file, 'from-file\n', { mode: 0o600 });
    const args = ['plugin', 'show', 'thermo', '--url', service.url];
    await rxport(args, { env: { RXPORT_TOKEN: 'from-environment' } });
    await rxport([...args, '--token-file', file], { env: { RXPORT_TOKEN: 'from-environment' } });
    expect(new Set(service.asked.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer from-environment', 'Bearer from-file']),
    );
    expect((await rxport(['--token', 'x', 'plugin', 'list'])).code).toBe(2);
  });
});

describe('the service of a data folder', () => {
  let release: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await release?.();
    release = undefined;
  });

  it('is found by what it has written there, while it lives', async () => {
    const { url } = await thermoService();
    const dir = join(tempFolder(), 'data');
    const args = ['plugin', 'list', '--dir', dir, '--json'];
    await mkdir(join(dir, 'run'), { recursive: true });
    writeFileSync(join(dir, 'run/rest.json'), JSON.stringify({ url, pid: process.pid }));
    expect(JSON.parse((await rxport(args)).stdout)).toEqual([]);
    ({ release } = await lockFolder(dir, tempFolder()));
    expect(JSON.parse((await rxport(args)).stdout)).toMatchObject([{ name: 'thermo' }]);
    writeFileSync(join(dir, 'run/rest.json'), JSON.stringify({ url, pid: process.ppid }));
    expect(JSON.parse((await rxport(args)).stdout)).toEqual([]);
  });
});
