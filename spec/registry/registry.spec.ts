import { beforeEach, describe, expect, it } from '@jest/globals';
import { type InstalledPlugin } from '../../lib/install/install.js';
import { Registry } from '../../lib/registry/registry.js';

const plugin = (name: string, symbols: Partial<InstalledPlugin['manifest']>): InstalledPlugin => ({
  name,
  dir: `/plugins/${name}`,
  home: `/plugins/${name}`,
  executable: `/plugins/${name}/main`,
  manifest: { version: '1', language: 'go', executable: 'main', sources: [], sinks: [], functions: [], ...symbols },
});

const thermo = plugin('thermo', { sources: ['thermo'], functions: ['celsius'] });
const mirror = plugin('mirror', { sources: ['random'], sinks: ['file'], functions: ['echo'] });

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
  registry.add(thermo);
  registry.add(mirror);
});

describe('plugins', () => {
  it('are listed in their order, and found by name', () => {
    expect(registry.list()).toEqual([thermo, mirror]);
    expect(registry.get('mirror')).toBe(mirror);
    expect([registry.has('mirror'), registry.has('other')]).toEqual([true, false]);
  });

  it.each([
    ['mirrow', 'plugin mirrow is not installed: did you mean "mirror"? Known plugins: thermo, mirror'],
    ['zzz', 'plugin zzz is not installed: Known plugins: thermo, mirror'],
    ['constructor', 'plugin constructor is not installed: Known plugins: thermo, mirror'],
  ])('ERR_PLUGIN_UNKNOWN: %s', (name, message) => {
    expect(() => registry.get(name)).toThrow(expect.objectContaining({ code: 'ERR_PLUGIN_UNKNOWN', message }));
  });

  it('ERR_PLUGIN_UNKNOWN: when there is none', () => {
    expect(() => new Registry().get('a')).toThrow(
      'plugin a is not installed: there are no plugins, install a plugin first',
    );
  });

  it('ERR_PLUGIN_EXISTS: a name twice', () => {
    expect(() => registry.add(plugin('mirror', { sinks: ['new'] }))).toThrow(
      expect.objectContaining({ code: 'ERR_PLUGIN_EXISTS', message: expect.stringContaining('/plugins/mirror') }),
    );
    expect(() => registry.find('sink', 'new')).toThrow();
  });
});

describe('symbols', () => {
  it('are found by kind and name', () => {
    expect(registry.find('source', 'thermo')).toBe(thermo);
    expect(registry.find('sink', 'file')).toBe(mirror);
    expect(registry.find('function', 'echo')).toBe(mirror);
  });

  it('may have one name in two kinds', () => {
    const both = plugin('both', { sinks: ['random'] });
    registry.add(both);
    expect(registry.find('sink', 'random')).toBe(both);
    expect(registry.find('source', 'random')).toBe(mirror);
  });

  it('ERR_SYMBOL_TAKEN: names the owner, and adds nothing', () => {
    const rival = plugin('rival', { sources: ['own'], functions: ['echo'] });
    expect(() => registry.add(rival)).toThrow(
      expect.objectContaining({
        code: 'ERR_SYMBOL_TAKEN',
        message: 'plugin mirror has function echo already: rename one, or remove mirror',
      }),
    );
    expect(registry.list()).toEqual([thermo, mirror]);
    expect(() => registry.find('source', 'own')).toThrow();
    expect(registry.find('function', 'echo')).toBe(mirror);
  });

  it.each([
    ['source', 'rando', 'no installed plugin has a source rando: did you mean "random"? Known sources: thermo, random'],
    [
      'source',
      'file',
      'no installed plugin has a source file: plugin mirror has a sink of that name; Known sources: thermo, random',
    ],
    ['sink', '__proto__', 'no installed plugin has a sink __proto__: Known sinks: file'],
  ] as const)('ERR_SYMBOL_UNKNOWN: %s %s', (kind, symbol, message) => {
    expect(() => registry.find(kind, symbol)).toThrow(expect.objectContaining({ code: 'ERR_SYMBOL_UNKNOWN', message }));
  });

  it('ERR_SYMBOL_UNKNOWN: says when there is none of the kind, and does not list hundreds', () => {
    registry.remove('mirror');
    expect(() => registry.find('sink', 'file')).toThrow('there are no sinks, install a plugin first');
    registry.add(plugin('many', { sinks: Array.from({ length: 25 }, (_, index) => `symbol-${index}-of-many`) }));
    expect(() => registry.find('sink', 'file')).toThrow(/symbol-19-of-many and 5 more$/);
  });
});

describe('remove', () => {
  it('forgets the plugin and its symbols only', () => {
    expect(registry.remove('mirror')).toBe(true);
    expect(registry.remove('mirror')).toBe(false);
    expect(registry.list()).toEqual([thermo]);
    expect(() => registry.find('sink', 'file')).toThrow();
    expect(registry.find('function', 'celsius')).toBe(thermo);
  });

  it('frees the symbols for another plugin', () => {
    registry.remove('mirror');
    const heir = plugin('heir', { functions: ['echo'] });
    registry.add(heir);
    expect(registry.find('function', 'echo')).toBe(heir);
  });
});

describe('replace', () => {
  it('takes the place of the old version, symbols that it lacks included', () => {
    const next = plugin('mirror', { sources: ['random', 'fresh'] });
    registry.replace(next);
    expect(registry.list()).toEqual([thermo, next]);
    expect(registry.find('source', 'fresh')).toBe(next);
    expect(() => registry.find('sink', 'file')).toThrow();
  });

  it('gives what the new version lacks to another plugin when the old one is gone', () => {
    const free = registry.reserve(mirror);
    registry.replace(plugin('mirror', {}));
    const heir = plugin('heir', { sinks: ['file'] });
    expect(() => registry.add(heir)).toThrow('plugin mirror has sink file until its update is over: try again then');
    registry.replace(mirror);
    registry.replace(plugin('mirror', {}));
    free();
    registry.add(heir);
    expect(registry.find('sink', 'file')).toBe(heir);
  });

  it('changes nothing when another plugin has one of the symbols', () => {
    expect(() => registry.replace(plugin('mirror', { functions: ['celsius'] }))).toThrow(
      expect.objectContaining({ code: 'ERR_SYMBOL_TAKEN' }),
    );
    expect(registry.get('mirror')).toBe(mirror);
    expect(registry.find('sink', 'file')).toBe(mirror);
  });
});
