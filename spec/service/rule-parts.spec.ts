import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { bundleProgram, startBundle } from '../helpers/program.js';
import { RuleFolder } from '../helpers/service.js';

interface Loaded {
  readonly ids: readonly string[];
  readonly code?: string;
  readonly parts: readonly string[];
}

let loader: string;
beforeAll(async () => {
  loader = await bundleProgram('rule-loader');
});

/** In a process of its own: Jest has a `require` of its own. */
async function load(file: string, part: string, ...texts: readonly string[]): Promise<readonly Loaded[]> {
  const { stdout, stderr } = await startBundle(loader, file, part, ...texts).ended;
  expect(stderr).toBe('');
  return stdout.map((line) => JSON.parse(line) as Loaded);
}

describe('the parts of a rule file', () => {
  it.each([
    ['JSON', 'id.json', 'id.json', (id: string) => JSON.stringify({ id })],
    ['CommonJS', 'id.cjs', 'id.cjs', (id: string) => `exports.id = '${id}';`],
    ['CommonJS of CommonJS', 'outer.cjs', 'lib/id.cjs', (id: string) => `exports.id = '${id}';`],
    ['JSON of CommonJS', 'outer.cjs', 'lib/id.cjs/index.json', (id: string) => JSON.stringify({ id })],
  ])('are read anew: %s', async (_, imported, part, text) => {
    const folder = new RuleFolder({
      'outer.cjs': `exports.id = require('./lib/id.cjs').id;`,
      [part]: '',
      'node_modules/state/package.json': '{"main":"index.js"}',
      'node_modules/state/index.js': 'exports.loads = globalThis.loads = (globalThis.loads ?? 0) + 1;',
      'state.cjs': `module.exports = require('state');`,
    });
    const file = folder.write(
      'rule.ts',
      `import { loads } from './state.cjs'; import all from './${imported}'; import { defineRule } from 'rxport';
       export default defineRule(all.id + loads, () => []);`,
    );
    const [first, second] = await load(file, join(folder.dir, part), text('one'), text('two'));
    // A package is loaded once, as everywhere in Node.
    expect([first?.ids, second?.ids]).toEqual([['one1'], ['two1']]);
    const parts = [file, ...new Set([imported, part, 'state.cjs'].map((name) => join(folder.dir, name)))];
    expect([...(second?.parts ?? [])].sort()).toEqual(parts.sort());
  });

  it('are not what the program itself loads meanwhile', async () => {
    const folder = new RuleFolder({
      'own.cjs': `exports.loads = globalThis.loads = (globalThis.loads ?? 0) + 1; require('./lib/deep.cjs');`,
      'lib/deep.cjs': `globalThis.deep = (globalThis.deep ?? 0) + 1;`,
      'id.cjs': '',
    });
    const file = folder.write(
      'rule.ts',
      `import { id } from './id.cjs'; import { defineRule } from 'rxport';
       const { loads } = globalThis.own('${folder.dir}/own.cjs');
       export default defineRule(id + loads + globalThis.deep, () => []);`,
    );
    const part = join(folder.dir, 'id.cjs');
    const loaded = await load(file, part, `exports.id = 'one';`, `exports.id = 'two';`);
    expect(loaded.map(({ ids }) => ids)).toEqual([['one11'], ['two11']]);
    expect(loaded[1]?.parts.toSorted()).toEqual([part, file].sort());
  });

  it.each([
    ['a file that is missing', `import './lib/none.ts';`, 'lib/none.ts'],
    ['a module that is missing', `import './none';`, 'none'],
    ['one that a part misses', `import './part.ts';`, 'lib/deep.ts'],
    ['JSON that is none', `import './bad.json';`, 'bad.json'],
    ['CommonJS that is none', `import './bad.cjs';`, 'bad.cjs'],
  ])('have what is wrong among them: %s', async (_, text, part) => {
    const folder = new RuleFolder({ 'bad.json': '{', 'bad.cjs': 'const = 4;', 'part.ts': `import './lib/deep.ts';` });
    const file = join(folder.dir, 'rule.ts');
    const [loaded] = await load(file, file, text);
    expect(loaded).toMatchObject({ code: 'ERR_RULE_FILE' });
    expect(loaded?.parts).toContain(join(folder.dir, part));
  });
});
