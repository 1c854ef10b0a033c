/** A sink of the Go SDK collects what it has read ahead before it is stopped: its rule has sent all, and nothing runs there. */
import { expect, it } from '@jest/globals';
import { of } from 'rxjs';
import type { Host } from '../lib/index.js';
import { copyFixture } from './helpers/fixture.js';
import { startHost } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { newFile } from './helpers/parts.js';
import { describeWith } from './helpers/toolchains.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';

const values = Array.from({ length: 100 }, (_, i) => i);

/** A rule that has ended but for its sink, which has some seconds of work left. */
async function collecting() {
  const { dir, name, suffix, symbol } = copyFixture('go');
  const host = await startHost();
  await host.plugins.install(dir);
  const path = newFile();
  const config = { path, closes: true, delay: 30 };
  const rule = host.rule(unique('r'), ({ sink }) => of(...values).subscribe(sink<number>(symbol('file'), { config })));
  await until(() => host.plugins.get(name).symbols.length === 0 && linesOf(path).length > 10, 'it is told to stop');
  const next = copyFixture('go', { name, suffix, version: 'v2.0.0' }).dir;
  return { host, name, next, path, rule };
}

describeWith('go', 'the process of a Go sink that collects what it has read', () => {
  it.each<[string, (host: Host, name: string, next: string) => Promise<unknown>]>([
    ['an update', ({ plugins }, name, next) => plugins.update(name, next)],
    ['a stop by hand', ({ plugins }, name) => plugins.stop(name)],
    ['a removal by force', ({ plugins }, name) => plugins.remove(name, { force: true })],
  ])('is not ended before by %s', async (_, end) => {
    const { host, name, next, path, rule } = await collecting();
    await end(host, name, next);
    expect(linesOf(path)).toEqual(values);
    expect((await rule.done).phase).toBe('completed');
  });

  it('is in use', async () => {
    const { host, name, path, rule } = await collecting();
    await expect(host.plugins.remove(name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_IN_USE' });
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual(values);
    await host.plugins.remove(name);
  });
});
