import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ERROR_CODES } from '../../lib/index.js';
import { inspect } from '../../lib/install/installed-plugin.js';
import { SCAFFOLD_LANGUAGES, type ScaffoldLanguage, scaffold } from '../../lib/packing/scaffold.js';
import { isName } from '../../lib/wire/names.js';
import { root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

const symbolsOf = (dir: string): readonly string[] => {
  const manifest = JSON.parse(readFileSync(join(dir, `${basename(dir)}.json`), 'utf8')) as Record<string, string[]>;
  return ['sources', 'sinks', 'functions'].flatMap((list) => manifest[list] ?? []);
};

describe.each(SCAFFOLD_LANGUAGES)('a scaffold in %s', (lang) => {
  it('has a manifest, settings for its source, a spec, a README and no placeholder', async () => {
    const { dir, files } = await scaffold({ name: 'thermo', lang, into: tempFolder() });
    expect(
      readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((path) => statSync(join(dir, path)).isFile())
        .sort(),
    ).toEqual(files);
    expect(files).toEqual(
      expect.arrayContaining(['.gitignore', 'README.md', 'sources/thermo_ticks.yaml', 'thermo.json']),
    );
    expect(files.filter((path) => /spec|test/.test(path))).toHaveLength(1);
    for (const path of files) {
      expect(path).not.toMatch(/__(plugin|symbol|rxport)__/);
      expect(readFileSync(join(dir, path), 'utf8')).not.toMatch(/__(plugin|symbol|rxport)__/);
    }
    expect(symbolsOf(dir)).toEqual(['thermo_ticks', 'thermo_lines', 'thermo_round']);
    expect(statSync(dir).mode & 0o777).toBe(0o777 & ~process.umask());
  });
});

it('is taken by an installer as far as it need not be built', async () => {
  const { dir } = await scaffold({ name: 'thermo', lang: 'python', into: tempFolder() });
  expect((await inspect(dir, 'thermo', dir)).manifest).toMatchObject({ language: 'python', virtualEnvType: 'venv' });
});

describe('the names of symbols', () => {
  it.each([
    ['thermo-2', 'thermo_2_ticks'],
    ['2nd', 'p2nd_ticks'],
    ['_x', 'p_x_ticks'],
    ['a.b', 'a_b_ticks'],
    ['x'.repeat(64), `${'x'.repeat(56)}_ticks`],
  ])('of %s begin as those of no other plugin, and are names in SQL', async (name, source) => {
    const { dir } = await scaffold({ name, lang: 'ts', into: tempFolder() });
    expect(symbolsOf(dir)[0]).toBe(source);
    expect(symbolsOf(dir).every((symbol) => isName(symbol) && /^[A-Za-z]\w*$/.test(symbol))).toBe(true);
  });
});

describe('it refuses', () => {
  it.each(['', '.hidden', '../out', 'a/b', 'a b', 'ä'])('the name %j, and writes nothing', async (name) => {
    const into = tempFolder();
    await expect(scaffold({ name, lang: 'ts', into })).rejects.toMatchObject({ code: 'ERR_NAME_INVALID' });
    expect(readdirSync(into)).toEqual([]);
  });

  it.each<[name: string, lang: ScaffoldLanguage]>([
    ['package', 'ts'],
    ['tsconfig', 'ts'],
    ['vendor', 'go'],
  ])('the name %j for %s, which clashes with the template', async (name, lang) => {
    const into = tempFolder();
    await expect(scaffold({ name, lang, into })).rejects.toMatchObject({
      code: 'ERR_NAME_INVALID',
      message: expect.stringContaining(`can not be called "${name}": `),
    });
    expect(readdirSync(into)).toEqual([]);
    await scaffold({ name, lang: 'python', into });
  });

  it('a place that can not be written', async () => {
    const into = join(tempFolder(), 'file');
    writeFileSync(into, '');
    await expect(scaffold({ name: 'thermo', lang: 'ts', into })).rejects.toMatchObject({
      code: 'ERR_SCAFFOLD_OUT',
      message: expect.stringContaining(`${join(into, 'thermo')} can not be made: E`),
    });
  });

  it('a language that it has no template for', async () => {
    const lang = '../ts' as ScaffoldLanguage;
    await expect(scaffold({ name: 'thermo', lang, into: tempFolder() })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: 'lang: is "../ts": use ts, python, go',
    });
  });

  it('a folder that holds something, and a file, and leaves both as they are', async () => {
    const into = tempFolder();
    mkdirSync(join(into, 'thermo'));
    writeFileSync(join(into, 'thermo/.keep'), '');
    writeFileSync(join(into, 'file'), '');
    for (const name of ['thermo', 'file']) {
      await expect(scaffold({ name, lang: 'go', into })).rejects.toMatchObject({ code: 'ERR_SCAFFOLD_EXISTS' });
    }
    expect(readdirSync(into, { recursive: true }).sort()).toEqual(['file', 'thermo', 'thermo/.keep']);
    expect(ERROR_CODES.ERR_SCAFFOLD_EXISTS).toEqual({ http: 409, exit: 4 });
  });
});

it('takes an empty folder, and makes those above it', async () => {
  const into = tempFolder();
  mkdirSync(join(into, 'a/b/thermo'), { recursive: true });
  await scaffold({ name: 'thermo', lang: 'ts', into: join(into, 'a/b') });
  await scaffold({ name: 'thermo', lang: 'ts', into: join(into, 'new/er') });
  expect(existsSync(join(into, 'a/b/thermo/main.ts'))).toBe(true);
  expect(existsSync(join(into, 'new/er/thermo/main.ts'))).toBe(true);
});

it('leaves nothing when it fails half way', async () => {
  const templates = tempFolder();
  await writeTree(templates, { 'ts/a.ts': 'a', 'ts/sources/b.yaml': 'b' });
  symlinkSync('/nowhere', join(templates, 'ts/z.ts'));
  const into = tempFolder();
  await expect(scaffold({ name: 'thermo', lang: 'ts', into: join(into, 'a/b') }, templates)).rejects.toMatchObject({
    code: 'ERR_SCAFFOLD_OUT',
    cause: expect.objectContaining({ code: 'ENOENT' }),
  });
  expect(readdirSync(into)).toEqual([]);
});

it('takes its templates from what the package ships', () => {
  const { files } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { files: string[] };
  expect(files).toContain('templates');
  expect(readdirSync(`${root}templates`).sort()).toEqual([...SCAFFOLD_LANGUAGES].sort());
});
