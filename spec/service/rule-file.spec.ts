import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Observable } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import type { RuleContext } from '../../lib/index.js';
import { loadRuleFile } from '../../lib/service/rule-file.js';
import { RuleFolder } from '../helpers/service.js';

const load = (path: string) => loadRuleFile(path, systemClock);

describe('a rule file', () => {
  it.each(['rule.ts', 'rule.mts', 'rule.js', 'rule.mjs'])(
    'runs without a build in a folder without packages, as %s, and shares the classes of the host',
    async (name) => {
      const folder = new RuleFolder();
      const typed = name.endsWith('ts') ? ': number' : '';
      const file = folder.write(
        name,
        `import { of } from 'rxjs';
         import { map } from 'rxjs/operators';
         import { defineRule } from 'rxport';
         import { deadband } from 'rxport/operators';
         import { plugin } from 'rxport/sdk';
         if (typeof plugin !== 'function') throw new TypeError('no SDK');
         const one${typed} = 1;
         await Promise.resolve();
         export default defineRule('r', () => of(one).pipe(map((x) => x + 1), deadband(0.5)));`,
      );
      const { rules, error, parts } = await load(file);
      expect(error).toBeUndefined();
      expect(rules.map(({ id }) => id)).toEqual(['r']);
      expect(parts).toEqual([file]);
      const branch = rules[0]?.body({} as RuleContext);
      expect(branch).toBeInstanceOf(Observable);
    },
  );

  it('may export several rules, and import files beside it, which are parts of it', async () => {
    const folder = new RuleFolder({
      'shared/names.ts': `export const names: readonly string[] = ['a', 'b'];`,
      'make.mjs': `import { EMPTY } from 'rxjs'; import { defineRule } from 'rxport';
                   export const make = (id) => defineRule(id, () => EMPTY);`,
    });
    const file = folder.write(
      'rules.ts',
      `import { make } from './make.mjs'; import { names } from './shared/names'; export default names.map(make);`,
    );
    const { rules, error, parts } = await load(file);
    expect(error).toBeUndefined();
    expect(rules.map(({ id }) => id)).toEqual(['a', 'b']);
    expect([...parts].sort()).toEqual([join(folder.dir, 'make.mjs'), file, join(folder.dir, 'shared/names.ts')].sort());
  });

  it('may wait for what an imported function brings, and runs once then', async () => {
    const folder = new RuleFolder();
    const file = folder.write(
      'rules.ts',
      `import { appendFileSync } from 'node:fs'; import { readFile } from 'node:fs/promises';
       import { EMPTY } from 'rxjs'; import { defineRule } from 'rxport';
       const note = new URL('note', import.meta.url);
       appendFileSync(note, 'x');
       export default defineRule(await readFile(note, 'utf8'), () => EMPTY);`,
    );
    const { rules, error } = await load(file);
    expect(error).toBeUndefined();
    expect(rules.map(({ id }) => id)).toEqual(['x']);
  });

  it('is read anew each time, with what it imports', async () => {
    const folder = new RuleFolder();
    for (const ending of ['ts', 'mjs', 'js']) {
      const file = folder.write(
        'rule.ts',
        `import { id } from './id.${ending}'; import { defineRule } from 'rxport'; export default defineRule(id, () => []);`,
      );
      for (const id of ['one', 'two']) {
        folder.write(`id.${ending}`, `export const id = '${id}';`);
        const { rules, parts } = await load(file);
        expect(rules.map((rule) => rule.id)).toEqual([id]);
        expect(parts).toContain(join(folder.dir, `id.${ending}`));
      }
    }
  });

  it.each([
    ['syntax that is none', '\nconst = 5;', 'Unexpected token at 2:6'],
    ['a throw', 'throw new Error("mine");', 'mine'],
    ['a throw of nothing', 'throw undefined;', 'undefined'],
    ['an unknown import', 'import "./nowhere";', 'nowhere'],
    ['no export', 'const a = 1;', 'its default export is nothing'],
    ['a number', 'export default 5;', 'its default export is a number'],
    ['a function', 'export default () => 5;', 'its default export is a function'],
    ['an object', 'export default { id: "a" };', 'its default export is an object that is no rule'],
    ['a bad id', 'export default { id: "../a", body: () => [], options: {} };', 'an object that is no rule'],
    ['an empty list', 'export default [];', 'an empty list'],
    ['a list with nothing', 'export default [undefined];', 'its default export is'],
    ['a list in a list', 'export default [[]];', 'a list in a list'],
  ])('is refused with %s, by name', async (_, text, problem) => {
    const file = new RuleFolder().write('bad.ts', text);
    const { rules, error } = await load(file);
    expect(rules).toEqual([]);
    expect(error).toMatchObject({ code: 'ERR_RULE_FILE', details: { file } });
    expect(error?.message).toContain(file);
    expect(error?.message).toContain(problem);
    expect(error?.message).not.toContain('\n');
  });

  it('is refused when it is not there, and when its id is none', async () => {
    const folder = new RuleFolder();
    expect((await load(join(folder.dir, 'none.ts'))).error?.message).toContain('no such file');
    const bad = folder.write(
      'a.ts',
      `import { defineRule } from 'rxport'; export default defineRule('a/b', () => []);`,
    );
    expect((await load(bad)).error?.message).toContain('a/b');
  });
});
