import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, filter, firstValueFrom, NEVER, of } from 'rxjs';
import { badPlugin, type Misbehaviour } from '../helpers/bad-plugin.js';
import { faultHost } from '../helpers/fault-host.js';
import { startHost } from '../helpers/host.js';
import { errorOf, places, startAt } from '../helpers/refused.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

describe('a source whose frames can not be read', () => {
  const faults = faultHost(['garbage-tuple', 'giant-tuple']);

  it.each([
    ['garbage-tuple', 'error ERR_FRAME_INVALID'],
    ['giant-tuple', 'error ERR_FRAME_TOO_LARGE'],
  ] as const)('says why its connection has ended: %s, %s', async (fault, event) => {
    await faults.of(fault).shows('events', event, 'restarted');
  });
});

it('tells that a function does not say whether it can be called', async () => {
  const host = await startHost({ flushTimeout: 50 });
  const { dir, symbol } = badPlugin('mute-function');
  writeFileSync(
    join(dir, 'main.mjs'),
    "import { work } from './worker.mjs';\nawait work({ answer: () => undefined });\n",
  );
  await host.plugins.install(dir);
  const events: string[] = [];
  const rule = host.rule(unique('r'), ({ call }) =>
    concat(of(1), NEVER).pipe(call(symbol, (v) => [v], { timeout: 200 })),
  );
  rule.events$.subscribe((event) => event.type === 'error' && events.push(event.error.code));
  await until(() => events.length > 0, 'an event');
  expect(events).toContain('ERR_CALL_TIMEOUT');
});

it.each<[Misbehaviour, RegExp]>([
  ['garbage-frame', /a frame starts with byte 238/],
  ['giant-length', /is over the limit/],
  ['wrong-greeting', /Scalability Protocols socket of the matching kind/],
  ['garbage-greeting', /Scalability Protocols socket of the matching kind/],
])('says what came in place of a handshake: %s', async (fault, text) => {
  // Long enough for what it says to come before it.
  const host = await startAt(places(), { handshakeTimeout: 2_000 });
  const error = await errorOf(() => host.plugins.install(badPlugin(fault).dir));
  expect(error.message).toMatch(text);
});

it('tells that a source has come with a wrong greeting', async () => {
  const host = await startHost({ flushTimeout: 50 });
  const { dir, source: symbol } = badPlugin('no-json', { streams: true });
  const worker = join(dir, 'worker.mjs');
  writeFileSync(worker, readFileSync(worker, 'utf8').replace('await greeted(path, PUSH)', 'await greeted(path)'));
  await host.plugins.install(dir);
  const events: string[] = [];
  const rule = host.rule(unique('r'), ({ source }) => source(symbol));
  rule.events$.subscribe((event) => event.type !== 'status' && events.push(event.type));
  await until(() => rule.status.phase === 'running');
  await until(() => events.length > 0, 'an event');
});

it('says why a process was restarted that did not answer', async () => {
  const host = await startHost({ startTimeout: 300, flushTimeout: 50 });
  const { dir, source: symbol } = badPlugin('answers-never', { streams: true });
  const plugin = await host.plugins.install(dir);
  host.rule(unique('r'), ({ source }) => source(symbol));
  const state = await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'backoff')));
  expect(state).toHaveProperty(
    'error.message',
    expect.stringContaining(`did not answer start ${symbol} within 300 ms`),
  );
});
