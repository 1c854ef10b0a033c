/** A source of our SDK with more than may wait in the host, whose rule is stopped while it stands still. */
import { expect, it } from '@jest/globals';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tap } from 'rxjs';
import { mapAsync } from '../../operators/index.js';
import { bundle } from '../helpers/bundled-plugin.js';
import { startHost } from '../helpers/host.js';
import { none } from '../helpers/none.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** So many MiB: 64 wait in the host, and STOP finds the others in the plugin. */
const COUNT = 100;

function heapedPlugin(): string {
  const name = unique('heaped');
  const dir = join(tempFolder(), name);
  mkdirSync(dir);
  copyFileSync(bundle('spec/fixtures/sdk/main.ts'), join(dir, 'plugin.mjs'));
  writeFileSync(join(dir, 'main.mjs'), `process.env.PLUGIN_NAME = '${name}';\nawait import('./plugin.mjs');\n`);
  const manifest = { version: 'v1', language: 'node', executable: 'main.mjs', sources: ['heaped', 'count'] };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest));
  return dir;
}

it('waits when it is stopped, and nothing of it is lost', async () => {
  const host = await startHost();
  await host.plugins.install(heapedPlugin());
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const rule = host.rule(unique('r'), ({ source }) =>
    source('heaped', { config: { count: COUNT } }).pipe(mapAsync(() => gate)),
  );
  const stage = () => rule.ledger().stages['source heaped'];
  await until(() => (stage()?.pauses ?? 0) > 0, 'it is paused');
  const stopped = rule.stop({ timeout: 50_000 });
  // The plugin does one thing after the other: it has answered STOP then.
  let others = 0;
  const other = host.rule(unique('r'), ({ source }) => source('count').pipe(tap(() => (others += 1))));
  await until(() => others > 0, 'STOP is answered');
  expect(stage()?.received).toBeLessThan(COUNT);
  go();
  await stopped;
  await other.stop();
  const { stages, balanced } = rule.ledger();
  expect(balanced).toBe(true);
  expect(stages['source heaped']).toMatchObject({ received: COUNT, passed: COUNT, dropped: none });
  expect(stages).toMatchObject({ 'queue mapAsync': { received: COUNT, passed: COUNT, dropped: none } });
});
