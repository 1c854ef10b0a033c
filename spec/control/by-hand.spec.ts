import { afterEach, describe, expect, it } from '@jest/globals';
import type { Instance } from '../../lib/control/instance.js';
import { PluginLink } from '../../lib/control/plugin-link.js';
import type { InstalledPlugin } from '../../lib/install/installed-plugin.js';
import { controlPath } from '../../lib/wire/address.js';
import { decodeCommand, functionControl, sourceControl } from '../../lib/wire/control.js';
import { callTimeout, symbolDied } from '../../lib/errors.js';
import { HandClock } from '../helpers/hand-clock.js';
import { silent } from '../helpers/host.js';
import { Requester } from '../helpers/requester.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const links: PluginLink[] = [];
afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()));
});

/** A plugin that nobody here may start, and what was logged about it. */
async function byHand() {
  const clock = new HandClock();
  const ipcDir = tempFolder();
  const warnings: unknown[] = [];
  const manifest = {
    version: '1',
    language: 'python',
    executable: 'x',
    sources: ['s'],
    sinks: [],
    functions: ['f'],
  } as const;
  const plugin: InstalledPlugin = { name: 'p', dir: '/p', home: '/p', executable: '/p/x', manifest };
  const link = new PluginLink({
    plugin,
    ipcDir,
    byHand: true,
    spawn: () => {
      throw new Error('it must not be started');
    },
    command: 'x',
    clock,
    log: { ...silent, warn: (fields) => void warnings.push('code' in fields ? fields.code : undefined) },
    settings: { dir: ipcDir },
  });
  links.push(link);
  await link.open();
  const come = (): Promise<Requester> => Requester.dial(controlPath(ipcDir, 'p'), 'handshake');
  return { link, clock, warnings, come };
}

function instanceOf(kind: 'source' | 'function') {
  const told: string[] = [];
  const meta = { ruleId: 'r', opId: 'o', instanceId: 0 };
  const instance: Instance = {
    control: kind === 'source' ? sourceControl('s', meta, undefined, {}) : functionControl('f'),
    started: () => told.push('started'),
    refused: (error) => told.push(error.code),
    lost: () => told.push('lost'),
  };
  return { instance, told };
}

const commandsOf = ({ received }: Requester): readonly string[] =>
  received.map((text) => {
    const { verb, control } = decodeCommand(text, 'x');
    return `${verb} ${control.symbolName}`;
  });

describe('a plugin that somebody else starts', () => {
  it('is gone when its connection is, and the next one is told everything again', async () => {
    const { link, come } = await byHand();
    const [source, echo] = [instanceOf('source'), instanceOf('function')];
    const first = await come();
    await until(() => link.state.phase === 'ready', 'the first');
    link.attach(source.instance);
    link.attach(echo.instance);
    await first.heard(1);
    first.says('ok');
    await first.heard(2);
    first.says('ok');
    await until(() => echo.told.length === 1, 'its start');

    first.close();
    await until(() => link.state.phase === 'starting', 'its end');
    expect([source.told, echo.told]).toEqual([
      ['started', 'lost'],
      ['started', 'lost'],
    ]);
    const second = await come();
    await second.heard(1);
    second.says('ok');
    await second.heard(2);
    second.says('ok');
    await until(() => echo.told.length === 3, 'its start in the next');
    expect(commandsOf(second)).toEqual(['start s', 'start f']);
  });

  it('takes a command that was out to the next one', async () => {
    const { link, come } = await byHand();
    const { instance, told } = instanceOf('source');
    link.attach(instance);
    const first = await come();
    await first.heard(1);
    first.close();
    const second = await come();
    await second.heard(1);
    second.says('ok');
    await until(() => told.includes('started'), 'its start');
    expect(told).toEqual(['lost', 'started']);
  });

  it('is not ended for its silence, for a call without an answer, or for a symbol that dies', async () => {
    const { link, clock, warnings, come } = await byHand();
    const { instance, told } = instanceOf('source');
    const plugin = await come();
    await until(() => link.state.phase === 'ready', 'its handshake');
    link.attach(instance);
    await plugin.heard(1);
    plugin.says('ok');
    await until(() => told.length === 1, 'its start');
    link.silent('hung', 60_000);
    link.restart(callTimeout('f', 5_000));
    clock.advance(10_000);
    expect(warnings).toEqual(['ERR_PLUGIN_QUIET', 'ERR_CALL_TIMEOUT']);
    void link.escalate(instance, symbolDied('p', 's', 5));
    expect(commandsOf(await settled(plugin, 2))).toEqual(['start s', 'stop s']);
    expect(link.state.phase).toBe('ready');
  });
});

async function settled(plugin: Requester, count: number): Promise<Requester> {
  await plugin.heard(count);
  return plugin;
}
