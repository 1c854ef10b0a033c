/** A plugin of eKuiper's Python SDK, from its installation to its removal, by requests alone. */
import { expect, it } from '@jest/globals';
import { copyFixture } from '../helpers/fixture.js';
import { linesOf } from '../helpers/lines.js';
import { newFile } from '../helpers/parts.js';
import { startRest } from '../helpers/rest.js';
import { RuleFolder, startService } from '../helpers/service.js';
import { describeWith } from '../helpers/toolchains.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

describeWith('python', 'a Python plugin written for eKuiper', () => {
  it('is installed, used, inspected, updated, stopped, started and removed', async () => {
    const first = copyFixture('python', { version: 'v1.0.0' });
    const { name, suffix, symbol } = first;
    const second = copyFixture('python', { name, suffix, version: 'v2.0.0' });
    const rules = new RuleFolder();
    const service = await startService({ rules: [rules.dir], watch: true });
    const { ask, get } = await startRest(service);
    const path = `/plugins/portables/${name}`;

    const created = await ask('POST', '/plugins/portables', { name, file: zipped(first.dir, name).url });
    expect(created).toMatchObject({ status: 201, text: `portable plugin ${name} is created` });
    expect((await get('/plugins/portables')).json()).toMatchObject([
      { name, version: 'v1.0.0', language: 'python', functions: expect.arrayContaining([symbol('pyadd')]) },
    ]);

    const id = unique('r');
    const out = newFile();
    rules.write(
      'rule.ts',
      `import { defineRule } from 'rxport';
       interface Counted { readonly i: number }
       export default defineRule('${id}', ({ source, call, sink }) =>
         source<Counted>('${symbol('pyrandom')}', { config: { interval: 5 } })
           .pipe(call('${symbol('pyadd')}', ({ i }) => [i, 1], ({ i }, sum: number) => ({ i, sum })))
           .subscribe(sink('${symbol('pyfile')}', { config: { path: '${out}' } })));`,
    );
    await until(() => linesOf(out).length > 5, 'values flow');
    const status = await get(`${path}/status`);
    expect(status.text.startsWith(`{"refCount":{"${id}":3},"status":"running","errMsg":"",`)).toBe(true);
    const { pid } = status.json<{ pid: number }>();

    const refused = await ask('DELETE', path);
    expect(refused.status).toBe(400);
    expect(refused.json()).toMatchObject({ error: 1000, message: expect.stringContaining(id) });

    const updated = await ask('PUT', path, { name, file: zipped(second.dir, name).url });
    expect(updated).toMatchObject({ status: 200, text: `portable plugin ${name} is updated` });
    expect((await get(path)).json()).toMatchObject({ version: 'v2.0.0' });
    const before = linesOf(out).length;
    await until(() => linesOf(out).length > before + 5, 'values flow on');
    expect((await get(`${path}/status`)).json<{ pid: number }>().pid).not.toBe(pid);

    expect((await ask('POST', `${path}/stop`)).text).toBe(`portable plugin ${name} is stopped`);
    expect((await get(`/rules/${id}/status`)).json()).toMatchObject({ status: 'waiting' });
    expect((await ask('POST', `${path}/start`)).text).toBe(`portable plugin ${name} is started`);
    await until(() => service.rules.get(id).status.phase === 'running');

    expect((await ask('POST', `/rules/${id}/stop`)).text).toBe(`Rule ${id} was stopped`);
    expect((await get(`/rules/${id}/ledger`)).json()).toMatchObject({ balanced: true });
    expect(await ask('DELETE', path)).toMatchObject({ status: 200, text: `portable plugin ${name} is deleted` });
    expect((await get('/plugins/portables')).text).toBe('[]');
  });
});
