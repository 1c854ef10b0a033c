import { afterEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import type { Instance } from '../../lib/control/instance.js';
import { PluginLink } from '../../lib/control/plugin-link.js';
import { load } from '../../lib/install/installed-plugin.js';
import { spawn } from '../../lib/process/spawn.js';
import { DEFAULT_POLICY, type ProcessState } from '../../lib/process/state.js';
import { encodeArgv } from '../../lib/wire/argv.js';
import { sourceControl } from '../../lib/wire/control.js';
import { silent } from '../helpers/host.js';
import { badPlugin } from '../helpers/bad-plugin.js';
import { commandsTo, scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';

const links: PluginLink[] = [];
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

async function open(dir: string): Promise<PluginLink> {
  const ipcDir = tempFolder();
  const env = { RXPORT_TEST_RUN: process.env['RXPORT_TEST_RUN'] ?? '' };
  const plugin = await load(dir);
  const args = [plugin.executable, encodeArgv({ v: 1, caps: [], ipcDir })];
  const link = new PluginLink({
    plugin,
    ipcDir,
    spawn: () => spawn({ file: process.execPath, args, cwd: dir }, { env, clock: systemClock, grace: 200 }),
    command: 'node main.mjs',
    clock: systemClock,
    log: silent,
    settings: { dir },
    policy: { ...DEFAULT_POLICY, delay: 5, maxDelay: 5, maxCrashes: 3 },
  });
  links.push(link);
  await link.open();
  return link;
}

const phase = (link: PluginLink, name: ProcessState['phase']): Promise<ProcessState> =>
  firstValueFrom(link.state$.pipe(filter((state) => state.phase === name)));

/** An instance that notes what it is told. */
function instanceOf(symbol: string, opId: string) {
  const told: unknown[] = [];
  const instance: Instance = {
    control: sourceControl(symbol, { ruleId: 'r', opId, instanceId: 0 }, undefined, { refuse: 'not now' }),
    started: () => told.push('started'),
    refused: (error) => told.push(error.code),
    lost: () => told.push('lost'),
  };
  return { instance, told };
}

describe('a plugin in a crash loop', () => {
  it('is a stopped one once somebody stops it: what comes then waits for its start', async () => {
    const { dir, symbol } = badPlugin('exits-at-once');
    const link = await open(dir);
    await phase(link, 'failed');
    await link.stop();
    expect(link.state).toEqual({ phase: 'stopped' });
    const later = instanceOf(symbol, 'a');
    link.attach(later.instance);
    expect(later.told).toEqual([]);
    link.start();
    expect(link.state.phase).toBe('starting');
  });

  it('is given up, and so is what waits for it, and what comes later', async () => {
    const { dir, symbol } = badPlugin('exits-at-once');
    const link = await open(dir);
    const early = instanceOf(symbol, 'a');
    link.attach(early.instance);
    expect(await phase(link, 'failed')).toMatchObject({ error: { code: 'ERR_PLUGIN_EXITED' } });
    expect(early.told.at(-1)).toBe('ERR_PLUGIN_FAILED');
    const late = instanceOf(symbol, 'b');
    link.attach(late.instance);
    expect(late.told).toEqual(['ERR_PLUGIN_FAILED']);
    await link.revive(late.instance);
    expect(late.told).toEqual(['ERR_PLUGIN_FAILED', 'ERR_PLUGIN_FAILED']);
  });
});

describe('a process that ends in its START', () => {
  it('is told with what it has ended', async () => {
    const plugin = scriptedPlugin();
    const link = await open(plugin.dir);
    await phase(link, 'ready');
    const { instance } = instanceOf(plugin.symbol('count'), 'a');
    const meta = { ruleId: 'r', opId: 'a', instanceId: 0 };
    link.attach({ ...instance, control: sourceControl(plugin.symbol('count'), meta, undefined, { exit: 3 }) });
    const { error, exit } = (await phase(link, 'backoff')) as Extract<ProcessState, { phase: 'backoff' }>;
    expect([error.code, exit]).toEqual(['ERR_PLUGIN_EXITED', { code: 3, signal: null, output: [] }]);
    expect(error.message).toMatch(/exited with code 3\.$/);
  });
});

describe('a plugin that is closed', () => {
  it('refuses what runs in it', async () => {
    const plugin = scriptedPlugin();
    const link = await open(plugin.dir);
    await phase(link, 'ready');
    const one = instanceOf(plugin.symbol('count'), 'a');
    link.attach(one.instance);
    await link.close();
    expect(one.told.at(-1)).toBe('ERR_PLUGIN_STOPPED');
    expect(link.state.phase).toBe('stopped');
  });
});

describe('a new process of a plugin', () => {
  it('is sent what runs in it, in the order of its first start', async () => {
    const plugin = scriptedPlugin();
    const link = await open(plugin.dir);
    for (const opId of ['a', 'b', 'c']) link.attach(instanceOf(plugin.symbol('count'), opId).instance);
    const { pid } = (await phase(link, 'ready')) as Extract<ProcessState, { phase: 'ready' }>;
    const answered = instanceOf(plugin.symbol('count'), 'd');
    link.attach(answered.instance);
    process.kill(pid, 'SIGKILL');
    await phase(link, 'backoff');
    await phase(link, 'ready');
    // A command behind all that is replayed: once it is answered they have been sent.
    await link.detach(answered.instance);
    const starts = commandsTo(plugin.dir).filter(({ cmd }) => cmd === 'start');
    expect(starts.slice(-4).map(({ meta }) => meta.opId)).toEqual(['a', 'b', 'c', 'd']);
  });
});
