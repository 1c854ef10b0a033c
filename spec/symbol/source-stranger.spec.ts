import { expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { pidOf } from '../helpers/live-rule.js';
import { startHost } from '../helpers/host.js';
import { statusOf } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

it('a connection of before its START says nothing of a source', async () => {
  const { dir, symbol } = scriptedPlugin();
  const ipcDir = tempFolder();
  const host = await startHost({ ipcDir });
  const plugin = await host.plugins.install(dir);
  const events: string[] = [];
  const rule = host.rule(unique('r'), ({ source }) => source(symbol('count'), { config: { late: 50 } }));
  rule.events$.subscribe(({ type }) => events.push(type));
  const received = (): number => rule.ledger().stages[`source ${symbol('count')}`]?.received ?? 0;
  await until(() => received() > 0, 'tuples flow');

  process.kill(pidOf(plugin), 'SIGKILL');
  await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'backoff')));
  const [file = ''] = readdirSync(ipcDir).filter((name) => name.startsWith(rule.id));
  const quiet = { accepted: () => undefined, drained: () => undefined };
  let closed = false;
  const stranger = await nativeTransport.push(
    join(ipcDir, file),
    { clock: systemClock, timeout: 1_000 },
    { ...quiet, closed: () => (closed = true) },
  );
  stranger.end();
  await until(() => closed, 'the stranger is gone');

  await statusOf(rule, 'running');
  // More than it takes until a dead one would be started again.
  const before = received();
  await until(() => received() > before + 600, 'tuples flow again');
  expect(events).not.toContain('restarted');
  await rule.stop();
});

it('a connection that has gone before the answer to its START says nothing of a source that connects with it', async () => {
  const { dir, symbol } = scriptedPlugin();
  const host = await startHost({ ipcDir: tempFolder() });
  await host.plugins.install(dir);
  const phases: string[] = [];
  const rule = host.rule(unique('r'), ({ source }) => source(symbol('count'), { config: { stray: true, late: 0 } }));
  rule.status$.subscribe(({ phase }) => phases.push(phase));
  const received = (): number => rule.ledger().stages[`source ${symbol('count')}`]?.received ?? 0;
  // More than it takes until a dead one would be started again.
  await until(() => received() > 600, 'tuples flow');
  await rule.stop();
  expect(phases).toEqual(['waiting', 'running', 'stopping', 'stopped']);
});
