import { describe, expect, it } from '@jest/globals';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NEVER, of, take, tap } from 'rxjs';
import { ERROR_CODES, type ErrorCode, type Host, type RuleBody, RxportError } from '../lib/index.js';
import { badPlugin, type Misbehaviour } from './helpers/bad-plugin.js';
import { copyFixture, type Fixture } from './helpers/fixture.js';
import { startHost } from './helpers/host.js';
import { leftovers, type Places } from './helpers/leftovers.js';
import { describeWith } from './helpers/toolchains.js';
import { tempFolder, unique } from './helpers/unique.js';

const places = (): Places => ({ dir: join(tempFolder(), 'data'), ipcDir: tempFolder() });
const start = (at: Places = places()): Promise<Host> =>
  startHost({ ...at, handshakeTimeout: 600, killTimeout: 200, flushTimeout: 50 });

/** What `work` fails with, checked to be one of ours. */
async function errorOf(work: () => unknown): Promise<RxportError> {
  const thrown = await Promise.resolve()
    .then(work)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(thrown).toBeInstanceOf(RxportError);
  const error = thrown as RxportError;
  expect(Object.keys(ERROR_CODES)).toContain(error.code);
  return error;
}

const never: RuleBody = () => NEVER;

describe('a name that nobody has', () => {
  it('is told for a plugin, with a near one', async () => {
    const host = await start();
    const { name } = await host.plugins.install(badPlugin('answers-never').dir);
    const near = name.slice(0, -1);
    for (const work of [() => host.plugins.get(near), () => host.plugins.remove(near)]) {
      const error = await errorOf(work);
      expect(error.code).toBe('ERR_PLUGIN_UNKNOWN');
      expect(error.message).toContain(`did you mean "${name}"?`);
    }
  });

  it('fails a rule at once, without a restart, and says what there is', async () => {
    const host = await start();
    const { symbol } = await host.plugins.install(badPlugin('answers-never').dir).then(({ manifest }) => ({
      symbol: manifest.functions[0] ?? '',
    }));
    const bodies: [RuleBody, string][] = [
      [({ source }) => source('nosuch'), 'no installed plugin has a source nosuch: there are no sources'],
      [({ sink }) => of(1).subscribe(sink('nosuch')), 'no installed plugin has a sink nosuch'],
      [({ call }) => of(1).pipe(call('nosuch', () => [])), `Known functions: ${symbol}`],
      [({ source }) => source(symbol), `has a function of that name`],
    ];
    for (const [body, text] of bodies) {
      const status = await host.rule(unique('r'), body).done;
      expect(status).toMatchObject({ phase: 'failed', error: { code: 'ERR_SYMBOL_UNKNOWN' } });
      expect(status).toHaveProperty('error.message', expect.stringContaining(text));
    }
    expect(() => host.function('nosuch')).toThrow(expect.objectContaining({ code: 'ERR_SYMBOL_UNKNOWN' }));
  });

  it('is told for a rule, with those that run', async () => {
    const host = await start();
    const rule = host.rule(unique('r'), never);
    const error = await errorOf(() => host.getRule('nosuch'));
    expect(error).toMatchObject({ code: 'ERR_RULE_UNKNOWN', message: expect.stringContaining(`running: ${rule.id}`) });
  });
});

describe('the id of a rule', () => {
  it.each([[''], ['a b'], ['../up'], ['.hidden'], ['ä'], ['x'.repeat(65)], ['a/b'], ['a\0b']])(
    'is refused as %j before anything runs',
    async (id) => {
      const host = await start();
      let ran = false;
      const error = await errorOf(() => host.rule(id, () => ((ran = true), NEVER)));
      expect(error.code).toBe('ERR_NAME_INVALID');
      expect(error.message).toMatch(/use 1 to 64 letters/);
      expect(ran).toBe(false);
      expect(host.rules).toEqual([]);
    },
  );

  it('is refused while a rule has it, which goes on', async () => {
    const host = await start();
    const id = unique('r');
    const rule = host.rule(id, never);
    const error = await errorOf(() => host.rule(id, never));
    expect(error).toMatchObject({ code: 'ERR_RULE_EXISTS', message: expect.stringContaining('stop it first') });
    expect(rule.status.phase).toBe('running');
    expect(host.getRule(id)).toBe(rule);
  });

  it('is refused to a body that starts a rule of its own id', async () => {
    const host = await start();
    const id = unique('r');
    const rule = host.rule(id, () => (host.rule(id, never), NEVER), { restart: 'never' });
    expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_RULE_EXISTS' } });
  });
});

describe('a plugin that can not be installed', () => {
  const mistakes: [string, ErrorCode, RegExp, (fixture: Broken) => void][] = [
    ['has a language that nobody speaks', 'ERR_MANIFEST_INVALID', /language.*use "go"/, (it) => it.set('language', 7)],
    ['has a list that is no list', 'ERR_MANIFEST_INVALID', /functions.*use a list/, (it) => it.set('functions', 'f')],
    ['has no symbol', 'ERR_MANIFEST_INVALID', /at least one/, (it) => it.set('functions', [])],
    ['has no JSON in its manifest', 'ERR_MANIFEST_INVALID', /no JSON/, (it) => it.write(`${it.name}.json`, '{')],
    ['has no manifest', 'ERR_MANIFEST_MISSING', /no manifest/, (it) => it.remove(`${it.name}.json`)],
    ['lacks its executable', 'ERR_PLUGIN_EXECUTABLE', /main\.mjs is missing/, (it) => it.remove('main.mjs')],
    [
      'may not execute its executable',
      'ERR_PLUGIN_EXECUTABLE',
      /chmod \+x/,
      (it) => {
        it.set('language', 'executable');
        chmodSync(join(it.dir, 'main.mjs'), 0o644);
      },
    ],
  ];

  it.each(mistakes)('%s: %s', async (_, code, text, spoil) => {
    const at = places();
    const host = await start(at);
    const plugin = broken();
    spoil(plugin);
    const error = await errorOf(() => host.plugins.install(plugin.dir));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(text);
    expectNothingOf(host, at, plugin);
  });

  it('is a folder that is not there', async () => {
    const host = await start();
    const error = await errorOf(() => host.plugins.install('/nowhere/thermo.zip'));
    expect(error).toMatchObject({ code: 'ERR_INSTALL_NOT_FOUND', message: expect.stringContaining('name a zip') });
  });
});

describe('a plugin whose process does not come up', () => {
  const failures: [Misbehaviour, ErrorCode, RegExp][] = [
    ['exits-at-once', 'ERR_PLUGIN_EXITED', /code 3 before its handshake .*main\.mjs.*no licence key.*Is the name/],
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
    const host = await start(at);
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
    const host = await start(at);
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
    const host = await start(at);
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
    const host = await start(at);
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
  host.rule(unique('r'), ({ source }) =>
    source(fixture.symbol('random'), { config: { interval: 5 } }).pipe(
      take(100),
      tap(() => undefined),
    ),
  );

interface Broken {
  readonly dir: string;
  readonly name: string;
  readonly symbol: string;
  readonly set: (field: string, value: unknown) => void;
  readonly write: (file: string, text: string) => void;
  readonly remove: (file: string) => void;
}

function broken(): Broken {
  const plugin = badPlugin('answers-never');
  const write = (file: string, text: string): void => writeFileSync(join(plugin.dir, file), text);
  const manifest = `${plugin.name}.json`;
  return {
    ...plugin,
    write,
    set: (field, value) => {
      const fields = JSON.parse(readFileSync(join(plugin.dir, manifest), 'utf8')) as object;
      write(manifest, JSON.stringify({ ...fields, [field]: value }));
    },
    remove: (file) => rmSync(join(plugin.dir, file)),
  };
}

function brokenFolder(): string {
  const dir = join(tempFolder(), unique('empty'));
  mkdirSync(dir);
  return dir;
}

function expectNothingOf(host: Host, at: Places, { name, symbol, dir }: Pick<Broken, 'name' | 'symbol' | 'dir'>): void {
  expect(leftovers(at, [name, symbol])).toEqual([]);
  expect(host.plugins.list()).toEqual([]);
  expect(() => host.plugins.get(name)).toThrow(expect.objectContaining({ code: 'ERR_PLUGIN_UNKNOWN' }));
  expect(() => host.function(symbol)).toThrow(expect.objectContaining({ code: 'ERR_SYMBOL_UNKNOWN' }));
  // The user's own folder is as it was.
  expect(existsSync(dir)).toBe(true);
}
