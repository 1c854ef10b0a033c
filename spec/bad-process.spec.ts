import { describe, expect, it } from '@jest/globals';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { take } from 'rxjs';
import type { ErrorCode, Host } from '../lib/index.js';
import { badPlugin, type Misbehaviour } from './helpers/bad-plugin.js';
import { copyFixture, type Fixture } from './helpers/fixture.js';
import { startHost } from './helpers/host.js';
import { errorOf, expectNothingOf, places, startAt } from './helpers/refused.js';
import { describeWith } from './helpers/toolchains.js';
import { tempFolder, unique } from './helpers/unique.js';

describe('a plugin whose process does not come up', () => {
  const failures: [Misbehaviour, ErrorCode, RegExp][] = [
    ['exits-at-once', 'ERR_PLUGIN_EXITED', /code 3 before its handshake .*main\.mjs.*no licence key/],
    ['exits-zero', 'ERR_PLUGIN_EXITED', /code 0 before its handshake/],
    ['wrong-name', 'ERR_PLUGIN_EXITED', /code 2 before.*can't dial.*Is the name in its main program "bad-/],
    ['never-connects', 'ERR_PLUGIN_HANDSHAKE', /within 600 ms.*Is the name in its main program/],
    ['never-shakes-hands', 'ERR_PLUGIN_HANDSHAKE', /within 600 ms/],
    ['wrong-greeting', 'ERR_PLUGIN_HANDSHAKE', /within 600 ms/],
    ['garbage-greeting', 'ERR_PLUGIN_HANDSHAKE', /within 600 ms/],
    ['garbage-frame', 'ERR_PLUGIN_HANDSHAKE', /within 600 ms/],
    ['giant-length', 'ERR_PLUGIN_HANDSHAKE', /within 600 ms/],
    ['half-frame', 'ERR_PLUGIN_HANDSHAKE', /within 600 ms/],
  ];

  it.each(failures)('%s: %s', async (misbehaviour, code, text) => {
    const at = places();
    const host = await startAt(at, code === 'ERR_PLUGIN_HANDSHAKE' ? { handshakeTimeout: 600 } : {});
    const plugin = badPlugin(misbehaviour);
    const error = await errorOf(() => host.plugins.install(plugin.dir));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(text);
    expectNothingOf(host, at, plugin);
  });

  it.each<[Misbehaviour]>([
    ['answers-never'],
    ['crashes-later'],
    ['endless-line'],
    ['floods-stdout'],
    ['ignores-sigterm'],
    ['mute-function'],
  ])('%s comes up, and goes without a trace', async (misbehaviour) => {
    const at = places();
    const host = await startAt(at);
    const plugin = badPlugin(misbehaviour);
    await host.plugins.install(plugin.dir);
    await host.plugins.remove(plugin.name);
    expectNothingOf(host, at, plugin);
  });

  it('is refused when its interpreter is not there', async () => {
    const at = places();
    const host = await startHost({ ...at, nodeBin: '/nowhere/node' });
    const plugin = badPlugin('answers-never');
    const error = await errorOf(() => host.plugins.install(plugin.dir));
    expect(error.code).toMatch(/^ERR_PLUGIN_(SPAWN|EXITED)$/);
    expect(error.message).toMatch(/nowhere\/node/);
    expectNothingOf(host, at, plugin);
  });
});

describeWith('go', 'a Go plugin of another name', () => {
  it('is refused, and the error asks for its name', async () => {
    const at = places();
    const host = await startAt(at);
    const fixture = copyFixture('go');
    writeFileSync(join(fixture.dir, 'fixture.json'), JSON.stringify({ name: 'other', suffix: fixture.suffix }));
    const error = await errorOf(() => host.plugins.install(fixture.dir));
    expect(error.code).toBe('ERR_PLUGIN_EXITED');
    expect(error.message).toContain(`Is the name in its main program "${fixture.name}"?`);
    expectNothingOf(host, at, { ...fixture, symbol: fixture.symbol('echo') });
  });

  it('does not stop the host, a rule, or the next plugin', async () => {
    const at = places();
    const fixture = copyFixture('go');
    for (const dir of [fixture.dir, badPlugin('exits-at-once').dir, brokenFolder()]) {
      mkdirSync(join(at.dir, 'plugins/portables'), { recursive: true });
      cpSync(dir, join(at.dir, 'plugins/portables', basename(dir)), { recursive: true });
    }
    const host = await startAt(at);
    expect(host.plugins.broken()).toMatchObject([{ error: { code: 'ERR_MANIFEST_MISSING' } }]);
    const first = counting(host, fixture);
    await errorOf(() => host.plugins.install(badPlugin('exits-zero').dir));
    await host.plugins.install(badPlugin('answers-never').dir);
    expect((await first.done).phase).toBe('completed');
    expect(first.ledger()).toMatchObject({ balanced: true });
    const phases = host.plugins.list().map(({ state }) => state.phase);
    expect(phases.filter((phase) => phase === 'ready')).toHaveLength(2);
    expect(phases).toHaveLength(3);
  });
});

const counting = (host: Host, fixture: Fixture) =>
  host.rule(unique('r'), ({ source }) => source(fixture.symbol('random'), { config: { interval: 5 } }).pipe(take(100)));

function brokenFolder(): string {
  const dir = join(tempFolder(), unique('empty'));
  mkdirSync(dir);
  return dir;
}
