import { describe, expect, it } from '@jest/globals';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEVER, of } from 'rxjs';
import type { ErrorCode, RuleBody } from '../lib/index.js';
import { badPlugin } from './helpers/bad-plugin.js';
import { errorOf, expectNothingOf, places, startAt } from './helpers/refused.js';
import { unique } from './helpers/unique.js';

const never: RuleBody = () => NEVER;

describe('a name that nobody has', () => {
  it('is told for a plugin, with a near one', async () => {
    const host = await startAt();
    const { name } = await host.plugins.install(badPlugin('answers-never').dir);
    const near = name.slice(0, -1);
    for (const work of [() => host.plugins.get(near), () => host.plugins.remove(near)]) {
      const error = await errorOf(work);
      expect(error.code).toBe('ERR_PLUGIN_UNKNOWN');
      expect(error.message).toContain(`did you mean "${name}"?`);
    }
  });

  it('fails a rule at once, without a restart, and says what there is', async () => {
    const host = await startAt();
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
    const host = await startAt();
    const rule = host.rule(unique('r'), never);
    const error = await errorOf(() => host.getRule('nosuch'));
    expect(error).toMatchObject({
      code: 'ERR_RULE_UNKNOWN',
      message: expect.stringContaining(`known rules: ${rule.id}`),
    });
  });
});

describe('the id of a rule', () => {
  it.each([[''], ['a b'], ['../up'], ['.hidden'], ['ä'], ['x'.repeat(65)], ['a/b'], ['a\0b']])(
    'is refused as %j before anything runs',
    async (id) => {
      const host = await startAt();
      let ran = false;
      const error = await errorOf(() => host.rule(id, () => ((ran = true), NEVER)));
      expect(error.code).toBe('ERR_NAME_INVALID');
      expect(error.message).toMatch(/use 1 to 64 letters/);
      expect(ran).toBe(false);
      expect(host.rules).toEqual([]);
    },
  );

  it('is refused while a rule has it, which goes on', async () => {
    const host = await startAt();
    const id = unique('r');
    const rule = host.rule(id, never);
    const error = await errorOf(() => host.rule(id, never));
    expect(error).toMatchObject({ code: 'ERR_RULE_EXISTS', message: expect.stringContaining('stop it first') });
    expect(rule.status.phase).toBe('running');
    expect(host.getRule(id)).toBe(rule);
  });

  it('is refused to a body that starts a rule of its own id', async () => {
    const host = await startAt();
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
    const host = await startAt(at);
    const plugin = broken();
    spoil(plugin);
    const error = await errorOf(() => host.plugins.install(plugin.dir));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(text);
    expectNothingOf(host, at, plugin);
  });

  it('is a folder that is not there', async () => {
    const host = await startAt();
    const error = await errorOf(() => host.plugins.install('/nowhere/thermo.zip'));
    expect(error).toMatchObject({ code: 'ERR_INSTALL_NOT_FOUND', message: expect.stringContaining('name a zip') });
  });
});

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
