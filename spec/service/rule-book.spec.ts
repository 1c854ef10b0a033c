import { describe, expect, it } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NEVER } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import { RuleBook } from '../../lib/service/rule-book.js';
import type { Service } from '../../lib/service/service.js';
import { silent } from '../helpers/host.js';
import { idle, RuleFolder, startService } from '../helpers/service.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const phases = ({ rules }: Service): Readonly<Record<string, string>> =>
  Object.fromEntries(rules.list().map(({ id, status }) => [id, status.phase]));

const counting = (id: string, symbol: string, step: number): string => `
import { map } from 'rxjs';
import { defineRule } from 'rxport';
import { label } from './_label.js';
interface Counted { readonly i: number }
export default defineRule('${id}', ({ source }) =>
  source<Counted>('${symbol}', { config: { interval: 2 } }).pipe(map(({ i }) => i * ${step} + label)));
`;

describe('the rules of a service', () => {
  it('run over plugins that were there before them', async () => {
    const dir = join(tempFolder(), 'data');
    const plugin = scriptedPlugin();
    const first = await startService({ dir });
    await first.host.plugins.install(plugin.dir);
    await first.stop();
    const folder = new RuleFolder({ '_label.ts': 'export const label: number = 1;' });
    const id = unique('r');
    folder.write('count.ts', counting(id, plugin.symbol('count'), 2));
    const service = await startService({ dir, rules: [folder.dir] });
    const passed = (): number => service.rules.get(id).ledger().stages[`source ${plugin.symbol('count')}`]?.passed ?? 0;
    await until(() => passed() > 0 && phases(service)[id] === 'running', 'values flow');
    const before = passed();
    await service.rules.stop(id);
    expect(passed()).toBeGreaterThanOrEqual(before);
    expect(service.rules.get(id).ledger().balanced).toBe(true);
  });

  it('are those of rules in the data folder by default, in order, with the files that do not load', async () => {
    const dir = join(tempFolder(), 'data');
    const folder = new RuleFolder({ 'a.ts': idle('one'), 'b.ts': 'export default 5;', 'c.mjs': idle('two') });
    folder.write('_shared.ts', 'export const nothing = 1;');
    folder.write('a.spec.ts', 'throw new Error("not mine");');
    const service = await startService({ dir, rules: [folder.dir, join(folder.dir, 'none.ts')] });
    expect(phases(service)).toEqual({ one: 'running', 'b.ts': 'failed', two: 'running', 'none.ts': 'failed' });
    expect(service.rules.get('b.ts').error).toMatchObject({ code: 'ERR_RULE_FILE' });
    const other = await startService();
    expect(other.rules.list()).toEqual([]);
  });

  it('have each id once: of two files with one id the second is refused, and both are named', async () => {
    const folder = new RuleFolder({ 'a.ts': idle('same'), 'b.ts': idle('same') });
    const service = await startService({ rules: [folder.dir] });
    expect(phases(service)).toEqual({ same: 'running', 'b.ts': 'failed' });
    const { message } = service.rules.get('b.ts').error ?? {};
    expect(message).toContain(join(folder.dir, 'a.ts'));
    expect(message).toContain(join(folder.dir, 'b.ts'));
    folder.write('c.ts', `import a from './a.ts'; export default [{ ...a, id: 'x' }, { ...a, id: 'x' }];`);
    const twice = await startService({ rules: [join(folder.dir, 'c.ts')] });
    expect(twice.rules.get('c.ts').error?.message).toContain('the same list');
  });

  it('stay listed when they end, and start again', async () => {
    const folder = new RuleFolder({
      'done.ts': `import { of } from 'rxjs'; import { defineRule } from 'rxport';
                  let runs = 0;
                  export default defineRule('done', () => { runs += 1; if (runs === 2) throw new Error('second'); return of(1); },
                    { restart: 'never' });`,
    });
    const service = await startService({ rules: [folder.dir] });
    const { rules } = service;
    await until(() => rules.get('done').status.phase === 'completed');
    await expect(rules.start('done')).rejects.toMatchObject({ message: expect.stringContaining('second') });
    expect(rules.get('done')).toMatchObject({ status: { phase: 'failed' }, error: { code: 'ERR_USER_FUNCTION' } });
    await rules.restart('done');
    await until(() => rules.get('done').status.phase === 'completed');
    expect(rules.get('done').error).toBeUndefined();
    await expect(rules.start('nope')).rejects.toMatchObject({ code: 'ERR_RULE_UNKNOWN' });
    await expect(rules.stop('nope')).rejects.toMatchObject({ code: 'ERR_RULE_UNKNOWN' });
    await expect(rules.restart('nope')).rejects.toMatchObject({ code: 'ERR_RULE_UNKNOWN' });
  });

  it('stop, start and restart, in the order in which that is asked', async () => {
    const folder = new RuleFolder({ 'a.ts': idle('a') });
    const { rules, host } = await startService({ rules: [folder.dir] });
    await rules.stop('a');
    await rules.stop('a');
    expect(rules.get('a').status.phase).toBe('stopped');
    const [, , last] = await Promise.all([
      rules.start('a'),
      rules.start('a'),
      rules.stop('a').then(() => rules.start('a')),
    ]);
    expect(last).toBeUndefined();
    expect(rules.get('a').status.phase).toBe('running');
    const [rule] = host.rules;
    await rules.restart('a');
    expect(host.rules).toEqual([rule]);
    await Promise.all([rules.stop('a'), rules.restart('a')]);
    expect(rules.get('a').status.phase).toBe('running');
    await Promise.all([rules.restart('a'), rules.stop('a')]);
    expect(rules.get('a').status.phase).toBe('stopped');
  });

  it('do not take the place of a rule that the program runs itself', async () => {
    const folder = new RuleFolder();
    const service = await startService({ rules: [folder.dir], watch: true });
    const mine = service.host.rule('mine', () => NEVER);
    folder.write('mine.ts', idle('mine'));
    await until(() => phases(service).mine === 'failed');
    expect(service.rules.get('mine').error).toMatchObject({ code: 'ERR_RULE_EXISTS' });
    await mine.stop();
    await service.rules.start('mine');
    expect(phases(service)).toEqual({ mine: 'running' });
  });

  it('are tried again by the name of the file that did not load', async () => {
    const folder = new RuleFolder({ 'a.ts': 'export default 5;' });
    const service = await startService({ rules: [folder.dir] });
    await expect(service.rules.start('a.ts')).rejects.toMatchObject({ code: 'ERR_RULE_FILE' });
    folder.write('a.ts', idle('a'));
    await service.rules.start('a.ts');
    expect(phases(service)).toEqual({ a: 'running' });
  });

  it('are refused as options when they are no list', async () => {
    await expect(startService({ rules: 'a' as never })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    await expect(startService({ watch: 1 as never })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});

describe('a service that watches', () => {
  it('reloads a changed rule, and lets the others be', async () => {
    const folder = new RuleFolder({ 'a.ts': idle('a'), 'b.ts': idle('b') });
    const service = await startService({ rules: [folder.dir], watch: true });
    const [a, b] = service.host.rules;
    folder.write('a.ts', idle('a', 'changed'));
    await until(() => service.host.rules.find(({ id }) => id === 'a') !== a && phases(service).a === 'running');
    expect(a?.status.phase).toBe('stopped');
    expect(service.host.rules).toContain(b);
  });

  it('keeps the old rule while the file does not load, and says why', async () => {
    const folder = new RuleFolder({ 'a.ts': idle('a') });
    const service = await startService({ rules: [folder.dir], watch: true });
    const [a] = service.host.rules;
    folder.write('a.ts', 'export default 5;');
    await until(() => service.rules.get('a').error !== undefined);
    expect(service.rules.get('a')).toMatchObject({ status: { phase: 'running' }, error: { code: 'ERR_RULE_FILE' } });
    expect(service.host.rules).toEqual([a]);
    folder.write('a.ts', idle('a2'));
    await until(() => phases(service).a2 === 'running');
    expect(phases(service)).toEqual({ a2: 'running' });
  });

  it('starts the rules of a new file, stops those of one that is gone, and gives its id to who waits for it', async () => {
    const dir = join(tempFolder(), 'data');
    const folder = new RuleFolder();
    const service = await startService({ dir, rules: [folder.dir], watch: true });
    const file = folder.write('a.ts', idle('a'));
    await until(() => phases(service).a === 'running');
    folder.write('b.ts', idle('a'));
    await until(() => phases(service)['b.ts'] === 'failed');
    rmSync(file);
    await until(() => service.rules.list().length === 1 && phases(service).a === 'running');
    expect(service.rules.get('a').file).toBe(join(folder.dir, 'b.ts'));
  });

  it('sees a folder that comes later, one that comes anew, and what a rule imports', async () => {
    const parent = tempFolder();
    const rules = join(parent, 'later');
    const service = await startService({ rules: [rules], watch: true });
    const folder = new RuleFolder();
    for (const id of ['first', 'second']) {
      folder.write(`../../${parent.split('/').at(-1)}/later/a.ts`, idle(id));
      await until(() => phases(service)[id] === 'running', `${id} runs`);
      rmSync(rules, { recursive: true });
      await until(() => service.rules.list().length === 0, `${id} is gone`);
    }
    folder.write(
      `../../${parent.split('/').at(-1)}/later/a.ts`,
      `import { id } from './lib/id.ts'; import { NEVER } from 'rxjs'; import { defineRule } from 'rxport';
       export default defineRule(id, () => NEVER);`,
    );
    await until(() => phases(service)['a.ts'] === 'failed');
    folder.write(`../../${parent.split('/').at(-1)}/later/lib/id.ts`, `export const id = 'x';`);
    await until(() => phases(service).x === 'running');
    folder.write(`../../${parent.split('/').at(-1)}/later/lib/id.ts`, `export const id = 'y';`);
    await until(() => phases(service).y === 'running');
    expect(phases(service)).toEqual({ y: 'running' });
  });

  it('runs what does not load again for a file that it could import, and for no other', async () => {
    const log = join(tempFolder(), 'loads');
    const loads = (): number => readFileSync(log, 'utf8').length;
    const folder = new RuleFolder({
      'a.ts': `import { appendFileSync } from 'node:fs'; appendFileSync('${log}', 'x'); export default 5;`,
    });
    await startService({ rules: [folder.dir], watch: true });
    expect(loads()).toBe(1);
    // Longer than a change is held back while others follow.
    for (const end = Date.now() + 1_500; Date.now() < end; await sleep(20))
      for (const name of ['data.csv', 'state.db', 'notes.txt']) folder.write(name, String(Math.random()));
    expect(loads()).toBe(1);
    folder.write('limits.json', '{}');
    await until(() => loads() === 2, 'the next run');
  });
});

describe('a rule book that is closed', () => {
  it('opens no watcher for a look that was under way', async () => {
    const folder = new RuleFolder({ 'a.ts': idle('a') });
    const isWatching = (): boolean => process.getActiveResourcesInfo().includes('FSEventWrap');
    await until(() => !isWatching(), 'the end of watchers before');
    let closed: Promise<void> | undefined;
    const launch = (): never => {
      closed = book.close();
      throw new Error('the host is about to stop');
    };
    const book = new RuleBook({
      places: [folder.dir],
      launch,
      suppliers: () => [],
      clock: systemClock,
      log: silent,
    });
    book.follow();
    await book.scan();
    expect(closed).toBeDefined();
    await closed;
    await until(() => !isWatching(), 'no watcher');
  });
});
