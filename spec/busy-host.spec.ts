/** What comes in time while the host is busy: Node runs the timers that are due before it reads. */
import { expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { Subject } from 'rxjs';
import type { HostOptions, SinkAck } from '../lib/index.js';
import { startHost } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { newFile, statusOf } from './helpers/parts.js';
import { callsTo, commandsTo, scriptedPlugin } from './helpers/scripted-plugin.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';

const LIMIT = 100;

/** A rule computes for longer than anybody may take, in a callback that no timer has called: timers come next then. */
async function busy(): Promise<void> {
  await turn();
  // The plugin has to get a processor meanwhile, on a machine that has others to serve.
  const end = performance.now() + 8 * LIMIT;
  while (performance.now() < end);
}

async function scripted(options: Partial<HostOptions> = {}) {
  const host = await startHost(options);
  const { dir, symbol } = scriptedPlugin();
  const plugin = await host.plugins.install(dir);
  return { host, plugin, symbol };
}

it('an answer that came meanwhile is in time', async () => {
  const { host, plugin, symbol } = await scripted();
  const { exec } = host.function(symbol('slow'), { timeout: LIMIT });
  await exec(0);
  for (let i = 1; i <= 3; i += 1) {
    const answer = exec(20);
    await until(() => callsTo(plugin.dir, 'slow').filter(({ func }) => func === 'Exec').length > i, 'it is called');
    await busy();
    await expect(answer).resolves.toBe(20);
  }
});

it('an ack that came meanwhile is in time', async () => {
  const { host, symbol } = await scripted();
  const values = new Subject<number>();
  const acks: SinkAck<number>[] = [];
  const path = newFile();
  const rule = host.rule(unique('r'), ({ sink }) => {
    const config = { path, acks: [{ after: 20 }] };
    const file = sink<number>(symbol('file'), { config, requireAck: true, ackTimeout: LIMIT });
    file.acks$.subscribe((ack) => acks.push(ack));
    return values.subscribe(file);
  });
  await statusOf(rule, 'running');
  for (let value = 0; value < 3; value += 1) {
    values.next(value);
    await until(() => linesOf(path).length > value, 'it has been read');
    await busy();
    await until(() => acks.length > value, 'it is acknowledged');
  }
  expect(acks).toEqual([0, 1, 2].map((value) => ({ value })));
  values.complete();
  await rule.done;
});

it('an answer to START that came meanwhile is in time', async () => {
  const { host, plugin, symbol } = await scripted({ startTimeout: 3 * LIMIT });
  for (let i = 1; i <= 3; i += 1) {
    const rule = host.rule(unique('r'), ({ source }) => source(symbol('count'), { config: { after: 20 } }));
    await until(() => commandsTo(plugin.dir).filter(({ cmd }) => cmd === 'start').length >= i, 'it is started');
    await busy();
    await statusOf(rule, 'running');
    await rule.stop();
  }
  expect(plugin.restarts).toBe(0);
});
