/** A plugin of eKuiper's Python SDK, from its installation to its removal, by the command alone. */
import { expect, it } from '@jest/globals';
import { copyFixture } from '../helpers/fixture.js';
import { linesOf } from '../helpers/lines.js';
import { newFile } from '../helpers/parts.js';
import { rxport, Rxport } from '../helpers/rxport.js';
import { describeWith } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

describeWith('python', 'the command, with a Python plugin written for eKuiper,', (python) => {
  it('installs, shows, updates, stops, starts and removes it', async () => {
    const first = copyFixture('python', { version: 'v1.0.0' });
    const { name, suffix, symbol } = first;
    const second = copyFixture('python', { name, suffix, version: 'v2.0.0' });
    const [id, out] = [unique('r'), newFile()];
    const cwd = await writeTree(tempFolder(), {
      'rules/rule.ts': `import { defineRule } from 'rxport';
        interface Counted { readonly i: number }
        export default defineRule('${id}', ({ source, call, sink }) =>
          source<Counted>('${symbol('pyrandom')}', { config: { interval: 5 } })
            .pipe(call('${symbol('pyadd')}', ({ i }) => [i, 1], ({ i }, sum: number) => ({ i, sum })))
            .subscribe(sink('${symbol('pyfile')}', { config: { path: '${out}' } })));`,
    });
    const service = new Rxport(['serve', 'rules', '--port', '0', '--python', python], { cwd });
    await service.says('Ctrl-C ends it');
    const plugin = (...args: readonly string[]) => rxport(['plugin', ...args], { cwd });
    const json = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await plugin(...args, '--json')).stdout);
    const done = (what: string) => ({ code: 0, stdout: `portable plugin ${name} is ${what}\n`, stderr: '' });

    expect(await plugin('install', zipped(first.dir, name).path)).toEqual(done('created'));
    await until(() => linesOf(out).length > 5, 'values flow');
    expect(await json('status', name)).toMatchObject({ refCount: { [id]: 3 }, status: 'running', errMsg: '' });
    expect(await json('show', name)).toMatchObject({ name, version: 'v1.0.0', language: 'python' });
    expect((await plugin('list')).stdout).toMatch(new RegExp(`^${name} +v1\\.0\\.0 +python +running +1 `, 'm'));

    expect(await plugin('update', name, zipped(second.dir, name).path)).toEqual(done('updated'));
    expect(await json('show', name)).toMatchObject({ version: 'v2.0.0', status: 'running' });
    const before = linesOf(out).length;
    await until(() => linesOf(out).length > before + 5, 'values flow on');

    const logs = await plugin('logs', name, '--lines', '1000');
    expect(logs.code).toBe(0);
    expect(logs.stdout).toContain(`INFO: running source ${symbol('pyrandom')}\n`);

    expect(await plugin('stop', name)).toEqual(done('stopped'));
    expect(await json('status', name)).toMatchObject({ status: 'stop' });
    expect(await plugin('start', name)).toEqual(done('started'));
    expect(await plugin('remove', name)).toMatchObject({ code: 4, stderr: expect.stringContaining(id) });
    expect(await plugin('remove', name, '--force')).toEqual(done('deleted'));
    expect(await json('list')).toEqual([]);
  }, 60_000);
});
