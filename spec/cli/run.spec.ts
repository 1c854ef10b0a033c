import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { rxport, Rxport } from '../helpers/rxport.js';
import { idle } from '../helpers/service.js';
import { root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** A folder with a plugin and one rule file, and the command line for it. */
async function folder(body: string, id = unique('rule')) {
  const cwd = await writeTree(tempFolder(), {
    'rule.ts': `import { take } from 'rxjs';\nimport { defineRule } from 'rxport';\n\nexport default defineRule('${id}', ${body});\n`,
  });
  await cp(`${root}dist/plugins/mirror`, join(cwd, 'data/plugins/portables/mirror'), { recursive: true });
  return { cwd, id, args: ['run', 'rule.ts', '--dir', 'data'] };
}

const SOURCE = `({ source, sink }) => source('random', { config: { interval: 1 } })`;
const sinkInto = (cwd: string): string => `subscribe(sink('file', { config: { path: '${join(cwd, 'out.ndjson')}' } }))`;

describe('rxport run', () => {
  it('ends when its rules do, and shows what they have done', async () => {
    const out = tempFolder();
    const { cwd, id, args } = await folder(`${SOURCE}.pipe(take(20)).${sinkInto(out)}`);
    const { code, stdout, stderr } = await rxport(args, { cwd });
    expect([code, stderr]).toEqual([0, '']);
    // What came in the same frame as the last one is counted, and dropped.
    expect(stdout).toMatch(new RegExp(`${id} completed: \\d+ in \\(.*, 20 out \\(`));
    expect(stdout).toMatch(/sink file +20 +20 +0 +0 +0/);
    expect(stdout).not.toContain('\x1b');
    expect(existsSync(join(out, 'out.ndjson'))).toBe(true);
    expect(existsSync(join(cwd, 'data/host.lock'))).toBe(false);
  });

  it('ends well at Ctrl-C while its rule is loaded', async () => {
    const cwd = await writeTree(tempFolder(), {
      'a.ts': `import { writeFileSync } from 'node:fs'; writeFileSync('begun', ''); await new Promise(() => setInterval(() => 0, 1000));\n${idle('a')}`,
    });
    const command = new Rxport(['run', 'a.ts', '--json'], { cwd });
    await until(() => existsSync(join(cwd, 'begun')), 'the load has begun');
    command.child.kill('SIGINT');
    expect(await command.finished).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(existsSync(join(cwd, 'rxport-data/host.lock'))).toBe(false);
  });

  it('stops with flush at Ctrl-C', async () => {
    const { cwd, id, args } = await folder(`${SOURCE}.${sinkInto(tempFolder())}`);
    const command = new Rxport(args, { cwd });
    await command.says(`${id} running`);
    command.child.kill('SIGINT');
    const { code, stdout } = await command.finished;
    expect(code).toBe(0);
    const [, received, passed] = /sink file +([\d,]+) +([\d,]+) +0 +0 +0/.exec(stdout) ?? [];
    expect(received).toBeDefined();
    expect(passed).toBe(received);
    expect(stdout).toContain('balanced');
  });

  it('tells the end as JSON, and fails with the code of a rule that has failed', async () => {
    const { cwd, id, args } = await folder(`({ source }) => source('radnom')`);
    const { code, stdout, stderr } = await rxport([...args, '--json', '--log-level', 'silent'], { cwd });
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject([
      { id, status: 'failed', error: { code: 'ERR_SYMBOL_UNKNOWN', message: expect.stringContaining('"random"') } },
    ]);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'ERR_SYMBOL_UNKNOWN' } });
  });

  it.each([['none.ts'], ['none'], ['data/none/']])('fails for %s, which is not there', async (place) => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await rxport(['run', place], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`rxport: ${place}: there is no such file or folder (ERR_RULE_FILE)\n`);
    expect(existsSync(join(cwd, 'rxport-data'))).toBe(false);
  });

  it('fails for a folder without rule files', async () => {
    const cwd = await writeTree(tempFolder(), { 'rules/_shared.ts': '', 'rules/notes.txt': '' });
    const { code, stderr } = await rxport(['run', 'rules', '--json'], { cwd });
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'ERR_RULE_FILE', message: expect.stringContaining('no rule file') },
    });
  });
});
