/** A plugin of our SDK, whose sink is slow, is stopped by hand, or dies, in the middle of it. */
import { expect, it } from '@jest/globals';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, from, Subject } from 'rxjs';
import type { RuleEvent } from '../../lib/index.js';
import { bundle } from '../helpers/bundled-plugin.js';
import { turn } from '../helpers/fake-runner.js';
import { startHost } from '../helpers/host.js';
import { newFile, zeroTo } from '../helpers/parts.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** The folder of a plugin with the sink `slow`. */
function slowPlugin(): { readonly dir: string; readonly name: string } {
  const name = unique('slow');
  const dir = join(tempFolder(), name);
  mkdirSync(dir);
  copyFileSync(bundle('spec/fixtures/sdk/main.ts'), join(dir, 'plugin.mjs'));
  writeFileSync(join(dir, 'main.mjs'), `process.env.PLUGIN_NAME = '${name}';\nawait import('./plugin.mjs');\n`);
  const manifest = { version: 'v1', language: 'node', executable: 'main.mjs', sinks: ['slow'] };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(manifest));
  return { dir, name };
}

const values = zeroTo(400);

/** A rule that sends the first `early` values at once, and the others from `more`; its sink is in the middle of it. */
async function sending(early: number, more: Subject<unknown>) {
  const host = await startHost({ flushTimeout: 300 });
  const { dir, name } = slowPlugin();
  await host.plugins.install(dir);
  const path = newFile();
  const text = (): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const seen = (): readonly unknown[] =>
    text()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as unknown);
  const events: unknown[] = [];
  const rule = host.rule(unique('r'), ({ sink }) =>
    concat(from(values.slice(0, early)), more).subscribe(sink('slow', { config: { path, delay: 1 } })),
  );
  rule.events$.subscribe((event) => events.push(event));
  await until(() => seen().length > 10);
  return { plugins: host.plugins, name, rule, events, seen };
}

it('a sink loses and doubles nothing when its plugin is stopped and started', async () => {
  const more = new Subject<unknown>();
  const { plugins, name, rule, events, seen } = await sending(300, more);
  await plugins.stop(name);
  expect(plugins.get(name).state).toEqual({ phase: 'stopped' });
  expect(seen()).toEqual(values.slice(0, 300));
  for (const value of values.slice(300)) more.next(value);
  expect(rule.status.phase).toBe('waiting');
  await plugins.start(name);
  await until(() => seen().length >= values.length);
  await rule.stop();
  expect(seen()).toEqual(values);
  expect(rule.ledger().balanced).toBe(true);
  expect(events).not.toContainEqual(expect.objectContaining({ type: 'unconfirmed' }));
});

it('nor does one whose stream has ended', async () => {
  const more = new Subject<unknown>();
  more.complete();
  const { plugins, name, rule, seen } = await sending(400, more);
  await plugins.stop(name);
  expect(seen()).toEqual(values);
  expect((await rule.done).phase).toBe('completed');
});

/** What a sink has not taken that was killed is lost, and told. */
function expectTold(events: readonly unknown[], lost: number): void {
  expect(lost).toBeGreaterThan(0);
  const told = events.filter((event) => (event as RuleEvent).type === 'unconfirmed') as { readonly count: number }[];
  expect(told).toHaveLength(1);
  expect(told[0]?.count).toBeGreaterThanOrEqual(lost);
}

it('what its process had read, and is killed with, is told when its stream has ended', async () => {
  const more = new Subject<unknown>();
  more.complete();
  const { plugins, name, rule, events, seen } = await sending(400, more);
  process.kill(plugins.get(name).pid ?? 0, 'SIGKILL');
  expect((await rule.done).phase).toBe('completed');
  expectTold(events, 400 - seen().length);
});

it('and when it was about to be stopped', async () => {
  const { plugins, name, rule, events, seen } = await sending(400, new Subject<unknown>());
  const { pid = 0 } = plugins.get(name);
  const stopped = plugins.stop(name);
  // All is read, and we have hung up.
  await turn();
  await turn();
  process.kill(pid, 'SIGKILL');
  await stopped;
  expectTold(events, 400 - seen().length);
  rule.unsubscribe();
  await rule.done;
});
