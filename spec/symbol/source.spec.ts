import { describe, expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { readdirSync } from 'node:fs';
import { lastValueFrom, take, takeWhile, tap, toArray } from 'rxjs';
import type { Plugin, RuleContext, Source, SymbolEvent, Tuple } from '../../lib/index.js';
import { newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { commandsTo } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const ipcDir = tempFolder();
const shared = sharedHost({ ipcDir });
const { counted } = partsOf(shared);
const name = (): string => `source ${shared.symbol('count')}`;
const frames = (context: RuleContext, ...texts: readonly string[]): Source<unknown> =>
  context.source<unknown>(shared.symbol('count'), { config: { frames: texts, count: 0, then: 'complete' } });

/** What the plugin was told of this rule: `start`, `stop`, … */
const verbsOf = (plugin: Plugin, id: string): readonly string[] =>
  commandsTo(plugin.dir)
    .filter(({ meta }) => meta.ruleId === id)
    .map(({ cmd }) => cmd);

describe('a source', () => {
  it('emits its messages, and as tuples what the plugin says about them', async () => {
    const meta = { topic: 'line/1' };
    const tuples: Tuple<unknown>[] = [];
    const before = Date.now();
    const rule = shared.rule((context) => [
      counted(context, 3, { meta }).tuples.pipe(tap((tuple) => tuples.push(tuple))),
      frames(context, '{"message":7}').pipe(tap((message) => expect(message).toBe(7))),
    ]);
    expect((await rule.done).phase).toBe('completed');
    expect(tuples).toEqual(zeroTo(3).map((message) => ({ message, meta, receivedAt: expect.any(Number) })));
    expect(tuples.every(({ receivedAt }) => receivedAt >= before && receivedAt <= Date.now())).toBe(true);
  });

  it('is cold: each subscription has a channel, a START and a STOP of its own', async () => {
    const seen: number[] = [0, 0];
    const rule = shared.rule((context) => {
      const values = counted(context);
      return [values.pipe(take(2)), values.pipe(take(20))].map((one, at) =>
        one.pipe(tap(() => (seen[at] = (seen[at] ?? 0) + 1))),
      );
    });
    expect((await rule.done).phase).toBe('completed');
    expect(seen).toEqual([2, 20]);
    expect(verbsOf(shared.plugin, rule.id).slice().sort()).toEqual(['start', 'start', 'stop', 'stop']);
    expect(Object.keys(rule.ledger().stages)).toEqual([name(), `${name()} 2`]);
    const paths = commandsTo(shared.plugin.dir).map(({ meta }) => `${meta.ruleId}_${meta.opId}`);
    expect(new Set(paths.filter((path) => path.startsWith(rule.id))).size).toBe(2);
  });

  it('says what it reads under the three names that plugins know', async () => {
    const rule = shared.rule(({ source }) =>
      source(shared.symbol('count'), { dataSource: 'line/1', config: { count: 0, then: 'complete', own: 1 } }),
    );
    await rule.done;
    const command = commandsTo(shared.plugin.dir).find(({ cmd, meta }) => cmd === 'start' && meta.ruleId === rule.id);
    expect(command).toMatchObject({
      pluginType: 'source',
      dataSource: 'line/1',
      datasource: 'line/1',
      config: { datasource: 'line/1', own: 1 },
      meta: { instanceId: 0 },
    });
  });

  it('goes on when its plugin has been killed, without an error', async () => {
    const seen: number[] = [];
    let killed = false;
    const rule = shared.rule((context) =>
      counted(context).pipe(
        tap(({ i }) => seen.push(i)),
        tap(() => {
          const { state } = shared.plugin;
          if (killed || seen.length < 5 || state.phase !== 'ready') return;
          killed = process.kill(state.pid, 'SIGKILL');
        }),
        takeWhile(() => seen.length < 30 || seen.filter((i) => i === 0).length < 2),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(seen.filter((i) => i === 0)).toHaveLength(2);
    expect(verbsOf(shared.plugin, rule.id)).toEqual(['start', 'start', 'stop']);
  });

  it('errors when the plugin refuses it, and the text is the plugin’s', async () => {
    const rule = shared.rule((context) => counted(context, 1, { refuse: 'host unreachable' }), { restart: 'never' });
    expect(await rule.done).toMatchObject({
      phase: 'failed',
      error: { code: 'ERR_SYMBOL_REFUSED', message: expect.stringContaining('host unreachable') },
    });
  });

  it('errors when its address can not be bound', async () => {
    const { Host } = await import('../../lib/index.js');
    const host = await Host.start({ dir: newFile(), ipcDir: `${newFile()}${'x'.repeat(80)}` });
    await expect(host.plugins.install(shared.plugin.dir)).rejects.toMatchObject({ code: 'ERR_ADDRESS_TOO_LONG' });
    await host.stop();
  });
});

describe('what a source says besides', () => {
  it('is an event for errors, and a count for what can not be read', async () => {
    const own: SymbolEvent[] = [];
    const seen: unknown[] = [];
    const rule = shared.rule((context) => {
      const values = frames(
        context,
        '{"error":"boom"}',
        '"{\\"error\\":\\"from go\\"}"',
        'no json',
        '[1]',
        '{"message":{"x":NaN},"meta":null}',
      );
      values.events$.subscribe((event) => own.push(event));
      return values.pipe(tap((value) => seen.push(value)));
    });
    const events = lastValueFrom(rule.events$.pipe(toArray()));
    expect((await rule.done).phase).toBe('completed');
    expect(own.map((event) => event.type === 'error' && event.error.code)).toEqual([
      'ERR_SOURCE_REPORTED',
      'ERR_SOURCE_REPORTED',
      'ERR_MESSAGE_INVALID',
      'ERR_MESSAGE_INVALID',
    ]);
    expect(own[1]).toMatchObject({ error: { message: expect.stringContaining('from go') } });
    expect(await events).toEqual(expect.arrayContaining(own));
    expect(seen).toEqual([{ x: NaN }]);
    expect(rule.ledger().stages[name()]).toMatchObject({ received: 3, passed: 1, dropped: { decode: 2 } });
  });

  it('is few events for many messages that can not be read, which add up', async () => {
    const bad = ['no json', '{"message":{"i":"x"}}'].flatMap((text) => new Array<string>(300).fill(text));
    const told: SymbolEvent[] = [];
    const rule = shared.rule(({ source }) => {
      const config = { frames: bad, count: 0, then: 'stay' };
      const values = source(shared.symbol('count'), { decode: t.type({ i: t.number }), config });
      values.events$.subscribe((event) => told.push(event));
      return values;
    });
    const sum = (): number => told.reduce((all, event) => all + (event.type === 'error' ? (event.count ?? 1) : 0), 0);
    await until(() => sum() === 600);
    expect(told.length).toBeLessThan(5);
    expect(told[0]).not.toHaveProperty('count');
    expect(told.map((event) => event.type === 'error' && event.error.code)).toEqual(
      told.map(() => 'ERR_MESSAGE_INVALID'),
    );
    await rule.stop();
    expect(rule.ledger()).toMatchObject({ balanced: true, stages: { [name()]: { dropped: { decode: 600 } } } });
  });

  it('passes the codec, or is dropped and told with the path of the mistake', async () => {
    const Reading = t.type({ i: t.number, ok: t.boolean });
    const seen: unknown[] = [];
    const texts: string[] = [];
    const rule = shared.rule(({ source }) => {
      const values = source(shared.symbol('count'), {
        decode: Reading,
        config: { frames: ['{"message":{"i":1,"ok":true}}', '{"message":{"i":"1"}}'], count: 0, then: 'complete' },
      });
      values.events$.subscribe((event) => event.type === 'error' && texts.push(event.error.message));
      return values.pipe(tap((value) => seen.push(value)));
    });
    await rule.done;
    expect(seen).toEqual([{ i: 1, ok: true }]);
    expect(texts).toEqual([expect.stringMatching(/"1" supplied to : .*\/i: number/)]);
  });

  it('is read by a function of your own where numbers are too large for one', async () => {
    const parse = (text: string): unknown => JSON.parse(text.replace(/:(\d{16,})/g, ':"$1"')) as unknown;
    const value = firstFrom(({ source }) =>
      source(shared.symbol('count'), {
        parse,
        config: { frames: ['{"message":{"id":9007199254740993}}'], count: 0, then: 'complete' },
      }),
    );
    expect(await value).toEqual({ id: '9007199254740993' });
  });
});

describe('a source that ends in a living process', () => {
  it.each([
    ['closes its end', { count: 3, then: 'close' }],
    ['closes it before START is answered', { count: 0, frames: ['{"message":{"i":0}}'], early: true }],
  ])('is started again: %s', async (_, config) => {
    const events: SymbolEvent[] = [];
    const rule = shared.rule((context) => context.source(shared.symbol('count'), { config }));
    rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
    await until(() => events.length === 2);
    expect(events).toMatchObject([
      { type: 'restarted', symbol: shared.symbol('count'), attempt: 1 },
      { type: 'restarted', attempt: 2 },
    ]);
    await statusOf(rule, 'running');
    await rule.stop();
    expect(verbsOf(shared.plugin, rule.id).slice(0, 4)).toEqual(['start', 'stop', 'start', 'stop']);
    expect(rule.ledger().balanced).toBe(true);
    expect(shared.plugin.state.phase).toBe('ready');
  });

  it('shows as missing until it runs again', async () => {
    const rule = shared.rule((context) => counted(context, 1, { then: 'close' }));
    await statusOf(rule, 'running');
    expect(await statusOf(rule, 'waiting')).toMatchObject({ on: [name()] });
    await statusOf(rule, 'running');
    await rule.stop();
  });
});

describe('a source outside a rule', () => {
  it('is one all the same, and leaves no socket behind', async () => {
    const values = shared.host.source(shared.symbol('count'), { config: { count: 3, then: 'complete' } });
    expect(await lastValueFrom(values.pipe(toArray()))).toEqual(zeroTo(3));
    const meta = commandsTo(shared.plugin.dir).at(-1)?.meta;
    expect(meta?.ruleId).toBe('host');
    await until(() => readdirSync(ipcDir).every((file) => !file.startsWith('host_')));
  });
});

/** The first value of a branch of a rule of its own. */
async function firstFrom(branch: (context: RuleContext) => Source<unknown>): Promise<unknown> {
  let value: unknown;
  await shared.rule((context) =>
    branch(context).pipe(
      take(1),
      tap((one) => (value = one)),
    ),
  ).done;
  return value;
}
