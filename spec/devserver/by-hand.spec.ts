import { describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DevServer } from '../../lib/devserver/dev-server.js';
import { type Answer, type Asked, body, devServer } from '../helpers/dev-server.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** As a developer would who copies the printed command; `env` only so that no shell is left above it. */
const start = ({ byHand }: DevServer): ChildProcess =>
  spawn('sh', ['-c', byHand?.text.replace(' && ', ' && exec env ') ?? ''], { stdio: 'ignore' });

const PYJSON = `
import time
from ekuiper import PluginConfig, Source, plugin


class PyJson(Source):
    def configure(self, datasource, conf):
        self.running = True

    def open(self, ctx):
        while self.running:
            ctx.emit({'name': 'pyjson', 'value': 2021}, None)
            time.sleep(0.02)

    def close(self, ctx):
        self.running = False


plugin.start(PluginConfig('NAME', {'pyjson': PyJson}, {}, {}))
`;

/** The source of the overview's example, in a plugin with a name of its own. */
function pyjsonPlugin(): string {
  const name = unique('pysam');
  const dir = join(tempFolder(), name);
  mkdirSync(dir);
  writeFileSync(join(dir, 'pysam.py'), PYJSON.replace('NAME', name));
  const manifest = { version: 'v1.0.0', language: 'python', executable: 'pysam.py', sources: ['pyjson'] };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest));
  return dir;
}

/** What the overview says to send. */
const OVERVIEW_BODY = `{
     "symbolName": "pyjson",
     "meta": {
       "ruleId": "rule1",
       "opId": "op1",
       "instanceId": 1
     },
     "pluginType": "source",
     "config": {}
   }`;

/** Asks again for as long as somebody else listens at the address. */
async function untilFree(ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (answer.body['code'] !== 'ERR_ADDRESS_IN_USE' || Date.now() > end) return answer;
    await sleep(50);
  }
}

const handshakes = (server: Asked): number => server.lines.filter((line) => line.endsWith('has shaken hands')).length;

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe('a plugin that is started by hand', () => {
  it('is waited for, may come and go, and gets back what was started', async () => {
    const { dir, name, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir, launch: false });
    expect(server.lines).toContain(`start the plugin: ${server.byHand?.text}`);
    const early = await server.post('/symbol/start', body('source', symbol('count')));
    expect(early).toMatchObject({ status: 504, body: { code: 'ERR_PLUGIN_HANDSHAKE' } });
    expect(early.body['message']).toContain(server.byHand?.text);

    const first = start(server);
    await until(() => handshakes(server) === 1, 'the first handshake');
    const source = body('source', symbol('count'), { config: { interval: 5 } });
    expect(await server.post('/symbol/start', source)).toMatchObject({ status: 200 });
    expect(await server.post('/symbol/exec', { symbolName: symbol('echo'), args: ['a'] })).toMatchObject({
      body: { result: 'a' },
    });
    expect((await server.get('/symbol')).body).toMatchObject({ plugin: { phase: 'ready', pid: null } });

    const another = start(server);
    await until(() => server.lines.some((line) => line.includes('is turned away')), 'a word about another process');
    await kill(another);
    await kill(first);
    await until(() => server.lines.some((line) => line.includes('has ended')), 'its end');
    expect((await server.get('/symbol')).body).toMatchObject({
      plugin: { phase: 'starting' },
      symbols: [{ phase: 'waiting' }, { phase: 'waiting' }],
    });
    const tap = await server.events(`/symbol/tap?symbolName=${symbol('count')}`);
    const second = start(server);
    await until(() => handshakes(server) === 2, 'the second handshake');
    await until(() => tap.length > 0, 'tuples of the second process');
    expect(await server.post('/symbol/exec', { symbolName: symbol('echo'), args: ['b'] })).toMatchObject({
      body: { result: 'b' },
    });
    await server.close();
    expect(existsSync(`/tmp/plugin_${name}.ipc`)).toBe(false);
    await kill(second);
  });

  it('is known by its name alone, and refuses itself what it does not have', async () => {
    const { name, symbol, dir } = scriptedPlugin();
    const server = await devServer({ name });
    expect(server.byHand?.text).toMatch(/^<its main program> '\{"sendTimeout":1000,/);
    const child = spawn(process.execPath, [`${dir}/main.mjs`, server.byHand?.argument ?? ''], { stdio: 'ignore' });
    await until(() => handshakes(server) === 1, 'its handshake');
    expect(await server.post('/symbol/exec', { symbolName: symbol('add'), args: [1, 2] })).toMatchObject({
      status: 200,
      body: { result: 3 },
    });
    expect(await server.post('/symbol/start', body('source', 'none', { config: { refuse: 'what?' } }))).toMatchObject({
      status: 502,
      body: { code: 'ERR_SYMBOL_REFUSED', message: expect.stringContaining('what?') },
    });
    await kill(child);
  });

  it('is not ended for a call that takes too long, as in a debugger', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir, launch: false, timeout: 1_500 });
    const child = start(server);
    await until(() => handshakes(server) === 1, 'its handshake');
    expect(await server.post('/symbol/exec', { symbolName: symbol('slow'), args: [30_000] })).toMatchObject({
      status: 504,
      body: { code: 'ERR_CALL_TIMEOUT' },
    });
    child.kill('SIGSTOP');
    expect(await server.post('/symbol/start', body('source', symbol('count')))).toMatchObject({
      status: 504,
      body: { code: 'ERR_COMMAND_TIMEOUT' },
    });
    expect((await server.get('/symbol')).body).toMatchObject({ symbols: [{}, { phase: 'starting' }] });
    child.kill('SIGCONT');
    const tap = await server.events(`/symbol/tap?symbolName=${symbol('count')}`);
    await until(() => tap.length > 0, 'tuples after the late answer');
    expect(child.exitCode).toBeNull();
    await kill(child);
  });
});

describeWith('python', 'a plugin of the Python SDK that is started by hand', () => {
  it('runs the source of the overview, with its body to the letter', async () => {
    const server = await devServer({ folder: pyjsonPlugin(), launch: false });
    const child = start(server);
    await until(() => handshakes(server) === 1, 'its handshake');
    // Its address is everybody's: another run of the suite may be here at this moment.
    const started = await untilFree(() => server.post('/symbol/start', OVERVIEW_BODY));
    expect(started).toMatchObject({ status: 200, body: { phase: 'running', meta: { instanceId: 1 } } });
    expect(existsSync('/tmp/rule1_op1_1.ipc')).toBe(true);
    const tap = await server.events('/symbol/tap?symbolName=pyjson');
    await until(() => tap.length > 1, 'tuples');
    expect(tap[0]?.data).toMatchObject({ message: { name: 'pyjson', value: 2021 } });
    expect(await server.post('/symbol/stop', { symbolName: 'pyjson', pluginType: 'source' })).toMatchObject({
      status: 200,
    });
    await kill(child);
  });
});
