import { beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { symbolConfig, type SymbolConfigOptions } from '../../lib/registry/symbol-config.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

const config = (options: Partial<SymbolConfigOptions> = {}): Record<string, unknown> =>
  symbolConfig({
    pluginDir: join(dir, 'thermo'),
    etcDir: join(dir, 'etc'),
    kind: 'source',
    symbol: 'thermo',
    ...options,
  });

const write = (plugin: string, user?: string, folder = 'sources'): Promise<string> =>
  writeTree(dir, {
    [`thermo/${folder}/thermo.yaml`]: plugin,
    ...(user === undefined ? {} : { [`etc/${folder}/thermo.yaml`]: user }),
  });

/** Each layer sets its own property and all the later ones. */
const layered = async (): Promise<void> => {
  await write(
    'default: { a: plugin, b: plugin, c: plugin, d: plugin, e: plugin }\nfast: { b: key, c: key, d: key, e: key }',
    'default: { c: user, d: user, e: user }\nfast: { d: user-key, e: user-key }',
  );
};

describe('symbolConfig', () => {
  it('lets the later of the five layers win', async () => {
    await layered();
    expect(config({ confKey: 'fast', inline: { e: 'inline' } })).toEqual({
      a: 'plugin',
      b: 'key',
      c: 'user',
      d: 'user-key',
      e: 'inline',
    });
  });

  it('takes no other section than default without a confKey', async () => {
    await layered();
    const expected = { a: 'plugin', b: 'plugin', c: 'user', d: 'user', e: 'user' };
    expect(config()).toEqual(expected);
    expect(config({ confKey: 'default' })).toEqual(expected);
  });

  it('replaces a property whole', async () => {
    await write(
      'default: { retry: { count: 3, delay: 10 }, list: [1, 2] }',
      'default: { retry: { count: 5 }, list: [] }',
    );
    expect(config()).toEqual({ retry: { count: 5 }, list: [] });
  });

  it.each([
    ['source', 'sources'],
    ['sink', 'sinks'],
    ['function', 'functions'],
  ] as const)('reads a %s from %s', async (kind, folder) => {
    await write('default: { a: 1 }', undefined, folder);
    expect(config({ kind })).toEqual({ a: 1 });
  });

  it('does without files, with empty ones, and with empty sections', async () => {
    expect(config({ inline: { a: 1 } })).toEqual({ a: 1 });
    await write('', '# nothing yet');
    expect(config()).toEqual({});
    await write('default:\nfast:', 'other: { b: 1 }');
    expect(config({ confKey: 'fast' })).toEqual({});
  });

  it('does without a folder: a file in its place', async () => {
    await writeTree(dir, { thermo: '' });
    expect(config()).toEqual({});
  });

  it("takes no .json for configuration: eKuiper's describe symbols to its own interface", async () => {
    const descriptor = JSON.stringify({ about: {}, properties: [{ name: 'a', default: 1 }], default: { a: 1 } });
    await writeTree(dir, { 'thermo/sources/thermo.json': descriptor, 'etc/sources/thermo.json': descriptor });
    expect(config()).toEqual({});
    // JSON in the right file is YAML.
    await write(JSON.stringify({ default: { a: 1 } }));
    expect(config()).toEqual({ a: 1 });
  });

  it('finds a confKey in one file only, whichever', async () => {
    await write('default: { a: 1 }\nslow: { b: 1 }', 'fast: { b: 2 }');
    expect(config({ confKey: 'slow' })).toEqual({ a: 1, b: 1 });
    expect(config({ confKey: 'fast' })).toEqual({ a: 1, b: 2 });
  });

  it('passes values through, templates too', async () => {
    await write('base: &base { topic: "{{.device}}", n: 1.5, on: true, none: null }\ndefault: { <<: *base, n: 2 }');
    expect(config()).toEqual({ topic: '{{.device}}', n: 2, on: true, none: null });
  });

  it('passes integers through as far as JSON has them, and as texts beyond', async () => {
    await write(
      'default: { n: 9007199254740991, m: -9007199254740991, x: 0x10, o: 0o10, 1: 2, t: "12345678901234567890" }',
    );
    const t = '12345678901234567890';
    expect(config()).toEqual({ n: 2 ** 53 - 1, m: 1 - 2 ** 53, x: 16, o: 8, 1: 2, t });
    expect(JSON.parse(JSON.stringify(config()))).toEqual(config());
  });

  it('hands out a new plain object', async () => {
    const inline = { a: 1 };
    const result = config({ inline });
    result.a = 2;
    expect(inline).toEqual({ a: 1 });
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it('sees what was edited since', async () => {
    await write('default: { a: 1 }');
    config();
    await write('default: { a: 2 }');
    expect(config()).toEqual({ a: 2 });
  });

  it('does not touch the prototype', async () => {
    await write('default: { __proto__: { polluted: true } }\n__proto__: { x: 1 }');
    config({ confKey: '__proto__' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(() => config({ confKey: 'constructor' })).toThrow(expect.objectContaining({ code: 'ERR_CONF_KEY_UNKNOWN' }));
  });
});

describe('symbolConfig refuses', () => {
  it('ERR_CONF_KEY_UNKNOWN: lists the keys there are, and the files', async () => {
    await layered();
    expect(() => config({ confKey: 'fsat' })).toThrow(
      expect.objectContaining({
        code: 'ERR_CONF_KEY_UNKNOWN',
        message:
          'source thermo has no confKey "fsat": use one of default, fast, or add it to ' +
          `${dir}/thermo/sources/thermo.yaml or ${dir}/etc/sources/thermo.yaml`,
      }),
    );
  });

  it('ERR_CONF_KEY_UNKNOWN: when there are no files', () => {
    expect(() => config({ confKey: 'fast' })).toThrow(/has no confKey "fast": there are none: add it to /);
  });

  it.each([
    ['a broken file', 'default:\n  a: 1\n  b: [1, 2\nfast: {}', /sources\/thermo\.yaml: line [34]: /],
    ['a key twice', 'default:\n  a: 1\n  a: 2', /line 3: Map keys must be unique/],
    ['two documents', 'a: {}\n---\nb: {}', /line 2: /],
    [
      'an integer that no double holds',
      'default:\n  id: 1\n  key: 12345678901234567890',
      /line 3: 12345678901234567890 .*quote it/,
    ],
    ['one of them in a list, in hex', 'default: { ids: [1, 0xffffffffffffffff] }', /0xffffffffffffffff .*quote it/],
    ['what is no number for JSON', 'default: { a: .nan, b: -.inf }', /line 1: \.nan .*line 1: -\.inf /],
    ['bytes', 'default:\n  a: !!binary aGVsbG8=', /line 2: .* would change/],
    ['a list', '- a', /holds no map: write sections/],
    ['a text', 'hello', /holds no map/],
    ['a section that is no map', 'default: 7', /section default is no map/],
    ['a section that is a list', 'default: {}\nfast: []', /section fast is no map/],
    ['an alias to nothing', 'default: { a: *gone }', /gone/],
    ['a bomb of aliases', bomb(), /alias/],
  ])('ERR_CONFIG_INVALID: %s', async (_, text, message) => {
    await write('default: {}', text);
    expect(() => config()).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
    expect(() => config()).toThrow(`${dir}/etc/sources/thermo.yaml: `);
  });

  it('ERR_CONFIG_INVALID: what can not be read', async () => {
    await mkdir(join(dir, 'etc/sources/thermo.yaml'), { recursive: true });
    expect(() => config()).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', message: expect.stringContaining('can not be read') }),
    );
  });

  it('ERR_NAME_INVALID: a symbol that would leave the folder', async () => {
    await writeTree(dir, { 'secret.yaml': 'default: { a: 1 }' });
    expect(() => config({ symbol: '../../secret' })).toThrow(expect.objectContaining({ code: 'ERR_NAME_INVALID' }));
  });
});

function bomb(): string {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index, all) => {
    const previous = all[index - 1];
    const values = previous === undefined ? ['x'] : Array.from({ length: 9 }, () => `*${previous}`);
    return `${name}: &${name} [${values.join(', ')}]`;
  });
  return levels.join('\n');
}
