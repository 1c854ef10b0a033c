/** A source of our SDK that can not wait: an Observable, in a process of its own, whose rule stands still for a while. */
import { expect, it } from '@jest/globals';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tap } from 'rxjs';
import type { RuleEvent } from '../../lib/index.js';
import { loggerOf } from '../../lib/log.js';
import { mapAsync } from '../../operators/index.js';
import { bundle } from '../helpers/bundled-plugin.js';
import { startHost } from '../helpers/host.js';
import { newFile } from '../helpers/parts.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

function pushingPlugin(): string {
  const name = unique('pushing');
  const dir = join(tempFolder(), name);
  mkdirSync(dir);
  copyFileSync(bundle('spec/fixtures/sdk/main.ts'), join(dir, 'plugin.mjs'));
  writeFileSync(join(dir, 'main.mjs'), `process.env.PLUGIN_NAME = '${name}';\nawait import('./plugin.mjs');\n`);
  const manifest = { version: 'v1', language: 'node', executable: 'main.mjs', sources: ['pushed'] };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest));
  return dir;
}

/** A rule that works on nothing until it is let go. */
async function stuck(config: object = {}) {
  const said: string[] = [];
  const logger = loggerOf((_level, _fields, text) => void said.push(text));
  const host = await startHost({ logger });
  await host.plugins.install(pushingPlugin());
  const path = newFile();
  const came: number[] = [];
  const events: RuleEvent[] = [];
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const rule = host.rule(unique('r'), ({ source }) =>
    source<{ i: number }>('pushed', { config: { path, ...config } }).pipe(
      tap(({ i }) => came.push(i)),
      mapAsync(() => gate),
    ),
  );
  rule.events$.subscribe((event) => events.push(event));
  const stage = () => rule.ledger().stages['source pushed'];
  const pushed = (): number | undefined =>
    existsSync(path) ? Number(readFileSync(path, 'utf8').replace('pushed ', '')) : undefined;
  const told = (): number =>
    events.reduce((sum, one) => sum + (one.type === 'dropped' && one.reason === 'plugin' ? one.count : 0), 0);
  await until(() => (stage()?.pauses ?? 0) > 0 && came.length > 1_000, 'it is paused');
  // Logged at once, told in its stream only when that is read.
  await until(() => said.some((text) => text.includes('dropped 1 values')), 'it drops');
  return { rule, came, events, go, stage, pushed, told };
}

/** Every number that has not come is in the ledger, and in the events. */
function counted({ rule, came, stage, pushed, told }: Awaited<ReturnType<typeof stuck>>): void {
  const all = pushed() ?? NaN;
  const missing = all - came.length;
  expect(missing).toBeGreaterThan(0);
  expect(new Set(came).size).toBe(came.length);
  expect(stage()).toMatchObject({ received: all, passed: came.length, dropped: { plugin: missing } });
  expect(told()).toBe(missing);
  expect(rule.ledger().balanced).toBe(true);
}

it('what it drops meanwhile is in the ledger of its rule', async () => {
  const on = await stuck();
  on.go();
  await until(() => on.stage()?.dropped['plugin'], 'it is told');
  await on.rule.stop();
  counted(on);
  const codes = on.events.map((event) => event.type === 'error' && event.error.code);
  expect(codes).toContain('ERR_SOURCE_REPORTED');
});

it('also what it has dropped when it is stopped', async () => {
  const on = await stuck();
  const stopped = on.rule.stop();
  on.go();
  await stopped;
  counted(on);
});

it('and when it completes', async () => {
  const on = await stuck({ count: 20_000 });
  await until(() => on.pushed(), 'it has completed');
  on.go();
  expect((await on.rule.done).phase).toBe('completed');
  expect(on.pushed()).toBe(20_000);
  counted(on);
});
