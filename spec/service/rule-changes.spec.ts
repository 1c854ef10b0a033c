import { describe, expect, it } from '@jest/globals';
import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../../lib/service/service.js';
import { idle, RuleFolder, startService } from '../helpers/service.js';
import { linesLog } from '../helpers/lines-log.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** `a.ts: x running` */
const rules = ({ rules }: Service): readonly string[] =>
  rules.list().map(({ id, file, status }) => `${file.split('/').at(-1)}: ${id} ${status.phase}`);

const both = (...ids: string[]): string => `
import { NEVER } from 'rxjs';
import { defineRule } from 'rxport';
export default [${ids.map((id) => `defineRule('${id}', () => NEVER)`).join(', ')}];
`;

/** A rule file that says when it has begun to load, and goes on when it may. */
const slow = (folder: string, ids: string, more = ''): string => `${more}
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { NEVER } from 'rxjs';
import { defineRule } from 'rxport';
writeFileSync('${folder}/begun', '');
while (!existsSync('${folder}/go')) await pause(5);
export default [${ids}].map((id) => defineRule(id, () => NEVER));
`;

describe('rules that change files', () => {
  it('run where they are, when an id moves to a file that is read before', async () => {
    const folder = new RuleFolder({ 'a.ts': both('x'), 'b.ts': both('y', 'z') });
    const service = await startService({ rules: [folder.dir], watch: true });
    folder.write('a.ts', both('x', 'z'));
    folder.write('b.ts', both('y'));
    await until(() => rules(service).includes('a.ts: z running'), 'z runs in the other file');
    expect(rules(service)).toEqual(['a.ts: x running', 'a.ts: z running', 'b.ts: y running']);
    expect(service.rules.list().map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  });

  it('run where they are, when two files swap them', async () => {
    const folder = new RuleFolder({ 'a.ts': both('x'), 'b.ts': both('y') });
    const service = await startService({ rules: [folder.dir], watch: true });
    folder.write('a.ts', both('y'));
    folder.write('b.ts', both('x'));
    await until(() => rules(service).join() === 'a.ts: y running,b.ts: x running', 'the swap');
  });

  it('stay stopped when somebody has stopped them, whatever is saved', async () => {
    const folder = new RuleFolder({ 'a.ts': both('x', 'y') });
    const service = await startService({ rules: [folder.dir], watch: true });
    await service.rules.stop('x');
    folder.write('a.ts', both('x', 'y', 'z'));
    await until(() => rules(service).includes('a.ts: z running'), 'the new one');
    expect(rules(service)).toEqual(['a.ts: x stopped', 'a.ts: y running', 'a.ts: z running']);
    await service.rules.start('x');
    expect(rules(service)[0]).toBe('a.ts: x running');
  });

  it('stay stopped, or started, when that is said while they are loaded anew', async () => {
    const dir = tempFolder();
    const folder = new RuleFolder({ 'a.ts': both('x', 'y') });
    const service = await startService({ rules: [folder.dir], watch: true });
    await service.rules.stop('x');
    folder.write('a.ts', slow(dir, `'x', 'y', 'z'`));
    await until(() => existsSync(join(dir, 'begun')), 'the load has begun');
    await Promise.all([service.rules.start('x'), service.rules.stop('y')]);
    writeFileSync(join(dir, 'go'), '');
    await until(() => rules(service).includes('a.ts: z running'), 'the new one');
    expect(rules(service)).toEqual(['a.ts: x running', 'a.ts: y stopped', 'a.ts: z running']);
  });
});

describe('a change of rule files', () => {
  it('is seen when a part of one is saved while that is loaded', async () => {
    const dir = tempFolder();
    const folder = new RuleFolder({ '_id.ts': `export const id = 'old';` });
    folder.write('a.ts', slow(dir, 'id', `import { id } from './_id.ts';`));
    const starting = startService({ rules: [folder.dir] });
    await until(() => existsSync(join(dir, 'begun')), 'the load has begun');
    folder.write('_id.ts', `export const id = 'new';`);
    writeFileSync(join(dir, 'go'), '');
    expect(rules(await starting)).toEqual(['a.ts: new running']);
  });

  it('is seen when it comes while the service starts', async () => {
    const dir = tempFolder();
    const folder = new RuleFolder({ 'a.ts': idle('a') });
    folder.write('b.ts', slow(dir, `'b'`));
    const starting = startService({ rules: [folder.dir], watch: true });
    await until(() => existsSync(join(dir, 'begun')), 'the load has begun');
    folder.write('a.ts', idle('changed'));
    folder.write('c.ts', idle('c'));
    writeFileSync(join(dir, 'go'), '');
    const service = await starting;
    await until(() => rules(service).length === 3, 'the new file');
    expect(rules(service)).toEqual(['a.ts: changed running', 'b.ts: b running', 'c.ts: c running']);
  });

  it('is seen after the folder was made anew, again and again', async () => {
    const folder = new RuleFolder({ 'a.ts': idle('r0') });
    const service = await startService({ rules: [folder.dir], watch: true });
    for (let round = 1; round <= 3; round += 1) {
      rmSync(folder.dir, { recursive: true });
      folder.write('a.ts', idle(`r${round}`));
      await until(() => rules(service).join() === `a.ts: r${round} running`, `round ${round}`);
      folder.write('a.ts', idle(`r${round} `.trim() + 'b'));
      await until(() => rules(service).join() === `a.ts: r${round}b running`, `a change in round ${round}`);
    }
  });

  it('is seen when the folder is a link that is set to another one', async () => {
    const [one, two] = [new RuleFolder({ 'a.ts': idle('one') }), new RuleFolder({ 'a.ts': idle('two') })];
    const link = join(tempFolder(), 'current');
    symlinkSync(one.dir, link);
    const service = await startService({ rules: [link], watch: true });
    symlinkSync(two.dir, `${link}.new`);
    renameSync(`${link}.new`, link);
    await until(() => rules(service).join() === 'a.ts: two running', 'the rules of the other folder');
  });

  it('stops nothing when a folder can not be listed, until it can', async () => {
    const folder = new RuleFolder({ 'a.ts': idle('a'), 'b.ts': idle('b') });
    const link = join(tempFolder(), 'rules');
    symlinkSync(folder.dir, link);
    const { log, lines } = linesLog();
    const service = await startService({ rules: [link], watch: true, logger: log });
    const before = [...service.host.rules];
    // A link to itself: neither gone nor a folder.
    symlinkSync(link, `${link}.new`);
    renameSync(`${link}.new`, link);
    const seen = new RuleFolder({ 'c.ts': idle('c') });
    rmSync(join(folder.dir, 'b.ts'));
    await until(() => lines.some((line) => line.includes('can not be listed')), 'a look in vain');
    expect(service.host.rules).toEqual(before);
    symlinkSync(seen.dir, `${link}.new`);
    renameSync(`${link}.new`, link);
    await until(() => rules(service).join() === 'c.ts: c running', 'the folder that can be listed');
  });
});

describe('a service that is given up while a rule file is loaded', () => {
  it('does not wait for that', async () => {
    const dir = tempFolder();
    const folder = new RuleFolder();
    folder.write('a.ts', slow(dir, `'a'`));
    const aborter = new AbortController();
    const starting = startService({ rules: [folder.dir], signal: aborter.signal });
    await until(() => existsSync(join(dir, 'begun')), 'the load has begun');
    aborter.abort();
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
    writeFileSync(join(dir, 'go'), '');
  });
});
