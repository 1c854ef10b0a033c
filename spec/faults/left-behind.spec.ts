import { expect, it } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom, NEVER, of } from 'rxjs';
import { badPlugin } from '../helpers/bad-plugin.js';
import { startHost } from '../helpers/host.js';
import { newFile, statusOf } from '../helpers/parts.js';
import { commandsTo, scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder, unique } from '../helpers/unique.js';

it('leaves no socket of a sink whose process was killed', async () => {
  const ipcDir = tempFolder();
  const host = await startHost({ ipcDir, flushTimeout: 50 });
  const { dir, symbol } = scriptedPlugin();
  const plugin = await host.plugins.install(dir);
  const rule = host.rule(unique('r'), ({ sink }) =>
    NEVER.subscribe(sink(symbol('file'), { config: { path: newFile() } })),
  );
  await statusOf(rule, 'running');
  if (plugin.state.phase === 'ready') process.kill(plugin.state.pid, 'SIGKILL');
  await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'backoff')));
  await host.stop();
  expect(readdirSync(ipcDir)).toEqual([]);
});

it('does not send START again and again to a plugin that always says handshake', async () => {
  const host = await startHost({ startTimeout: 300 });
  const { dir, symbol } = scriptedPlugin();
  const plugin = await host.plugins.install(dir);
  host.rule(unique('r'), ({ source }) => source(symbol('count'), { config: { refuse: 'handshake' } }));
  const state = await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'backoff')));
  expect(state).toMatchObject({ error: { code: 'ERR_COMMAND_TIMEOUT' } });
  expect(commandsTo(plugin.dir).length).toBeLessThan(50);
});

it('fails the rule without waiting for a drain when the sink is of another kind', async () => {
  const host = await startHost({ flushTimeout: 50 });
  const { dir, sink: symbol } = badPlugin('no-json', { streams: true });
  const worker = join(dir, 'worker.mjs');
  writeFileSync(worker, readFileSync(worker, 'utf8').replace('0x51, 0, 0]', '0x50, 0, 0]'));
  await host.plugins.install(dir);
  const before = performance.now();
  const rule = host.rule(unique('r'), ({ sink }) => of(1, 2, 3).subscribe(sink(symbol)), { restart: 'never' });
  expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_GREETING' } });
  expect(performance.now() - before).toBeLessThan(5_000);
});
