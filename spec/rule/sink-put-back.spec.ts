/** The process of a sink dies while its queue is full: what was out waits again, within the bound. */
import { expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { RuleEvent } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { pidOf } from '../helpers/live-rule.js';
import { newFile } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

it('drops the oldest of them, counted and told', async () => {
  const { dir, symbol } = scriptedPlugin();
  const host = await startHost();
  const pid = pidOf(await host.plugins.install(dir));
  const path = newFile();
  const values = new Subject<unknown>();
  const events: RuleEvent[] = [];
  const queue = { size: 10, policy: 'drop-oldest' } as const;
  const rule = host.rule(unique('r'), ({ sink }) =>
    values.subscribe(sink(symbol('file'), { config: { path }, queue })),
  );
  rule.events$.subscribe((event) => events.push(event));
  const stage = () => Object.values(rule.ledger().stages)[0];
  await until(() => rule.status.phase === 'running', 'it runs');
  values.next({ i: -1 });
  await until(() => stage()?.passed === 1, 'it is connected');
  process.kill(pid, 'SIGSTOP');
  const pad = 'x'.repeat(20_000);
  for (let i = 0; i < 100; i += 1) values.next({ i, pad });
  const { inFlight = 0, dropped = {} } = stage() ?? {};
  expect(inFlight).toBeGreaterThan(10);
  process.kill(pid, 'SIGKILL');

  await until(() => rule.status.phase === 'waiting', 'its process has ended');
  expect(stage()).toMatchObject({ inFlight: 10, peak: 10 });
  expect(stage()?.dropped['overflow']).toBeGreaterThan(dropped['overflow'] ?? NaN);
  await until(() => rule.status.phase === 'running', 'it is back');
  await rule.stop();
  const { balanced } = rule.ledger();
  expect([balanced, stage()?.peak]).toEqual([true, 10]);
  const told = events.reduce((sum, one) => sum + (one.type === 'dropped' ? one.count : 0), 0);
  expect(told).toBe(stage()?.dropped['overflow']);
  const last = linesOf(path).slice(-10);
  expect(last.map((line) => (line as { i: number }).i)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
});
