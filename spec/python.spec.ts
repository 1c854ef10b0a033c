import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { from, NEVER, Subject, take, tap } from 'rxjs';
import { Host, type Plugin, type Rule, type RuleBody, type SymbolEvent } from '../lib/index.js';
import { copyFixture, type Fixture, pythonBin } from './helpers/fixture.js';
import { silent } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { newFile, statusOf } from './helpers/parts.js';
import { errorOf } from './helpers/refused.js';
import { describeWith } from './helpers/toolchains.js';
import { tempFolder, unique } from './helpers/unique.js';
import { until } from './helpers/until.js';

describeWith('python', 'a plugin on the published Python SDK', () => {
  let host: Host;
  let plugin: Plugin;
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = copyFixture('python');
    host = await Host.start({
      dir: join(tempFolder(), 'data'),
      logger: silent,
      pythonBin: pythonBin(),
      flushTimeout: 300,
    });
    plugin = await host.plugins.install(fixture.dir);
  });
  afterAll(() => host.stop());

  const start = (body: RuleBody): { rule: Rule; events: SymbolEvent[] } => {
    const events: SymbolEvent[] = [];
    const rule = host.rule(unique('r'), body, { restart: 'never' });
    rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
    return { rule, events };
  };
  const pid = (): number => (plugin.state.phase === 'ready' ? plugin.state.pid : 0);

  it('sends errors as events, and numbers that JSON does not know as numbers', async () => {
    const seen: unknown[] = [];
    const { rule, events } = start(({ source }) =>
      source(fixture.symbol('pyerrors')).pipe(
        tap((value) => seen.push(value)),
        take(5),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(events).toMatchObject([
      { type: 'error', error: { code: 'ERR_SOURCE_REPORTED', details: { text: 'boom' } } },
    ]);
    expect(seen).toEqual([
      { i: 0 },
      { i: 1, value: NaN },
      { i: 2, value: Infinity },
      { i: 3, value: -Infinity },
      { i: 4 },
    ]);
    expect(rule.ledger().balanced).toBe(true);
  });

  it('loses a source that raises, and has it back', async () => {
    const { rule, events } = start(({ source }) =>
      source(fixture.symbol('pyrandom'), { config: { count: 2, interval: 1, error: 'no more' } }).pipe(take(5)),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(events).toMatchObject([
      { type: 'restarted', attempt: 1 },
      { type: 'restarted', attempt: 2 },
    ]);
  });

  it('loses a sink that raises, and has it back: what was not taken yet arrives', async () => {
    const path = newFile();
    const values = new Subject<unknown>();
    const { rule, events } = start(({ sink }) =>
      values.subscribe(sink(fixture.symbol('pyfile'), { config: { path } })),
    );
    await statusOf(rule, 'running');
    values.next({ i: 1 });
    await until(() => linesOf(path).length === 1);
    values.next({ raise: true });
    await until(() => events.some(({ type }) => type === 'restarted'));
    await statusOf(rule, 'running');
    values.next({ i: 2 });
    await until(() => linesOf(path).length === 2);
    values.complete();
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual([{ i: 1 }, { i: 2 }]);
    expect(plugin.state.phase).toBe('ready');
  });

  it('acknowledges, or says why not', async () => {
    const path = newFile();
    const acks: (string | undefined)[] = [];
    const { rule } = start(({ sink }) => {
      const file = sink<unknown>(fixture.symbol('pyfile'), { requireAck: true, config: { path, ack: true } });
      file.acks$.subscribe(({ error }) => acks.push(error?.code));
      return from([{ i: 1 }, { reject: 'too hot' }, { i: 3 }]).subscribe(file);
    });
    expect((await rule.done).phase).toBe('completed');
    expect(acks).toEqual([undefined, 'ERR_SINK_ACK', undefined]);
    expect(linesOf(path)).toEqual([{ i: 1 }, { i: 3 }]);
    const stage = rule.ledger().stages[`sink ${fixture.symbol('pyfile')}`];
    expect(stage).toMatchObject({ received: 3, passed: 2, failed: { ERR_SINK_ACK: 1 } });
  });

  it('gives a value up that ends its sink each time, and has the others acknowledged', async () => {
    const path = newFile();
    const acks: (string | undefined)[] = [];
    const { rule } = start(({ sink }) => {
      const file = sink<unknown>(fixture.symbol('pyfile'), { requireAck: true, config: { path, ack: true } });
      file.acks$.subscribe(({ error }) => acks.push(error?.message));
      return from([{ i: 1 }, { raise: true }, { i: 3 }]).subscribe(file);
    });
    await until(() => acks.length === 3, 'all three are settled');
    expect(acks).toEqual([undefined, expect.stringContaining('has ended 3 times in a row'), undefined]);
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual([{ i: 1 }, { i: 3 }]);
    const stage = rule.ledger().stages[`sink ${fixture.symbol('pyfile')}`];
    expect(stage).toMatchObject({ received: 3, passed: 2, failed: { ERR_SINK_ACK: 1 }, inFlight: 0 });
  });

  it.each([
    ['pyboom', [1], 'ERR_CALL_FAILED', /boom/],
    ['pyunserialisable', [1], 'ERR_CALL_FAILED', /not JSON serializable/],
    ['pyadd', [1, 'a'], 'ERR_CALL_FAILED', /unsupported operand/],
  ])('gives the traceback of a function that raises: %s', async (symbol, args, code, text) => {
    await expect(host.function(fixture.symbol(symbol)).exec(...args)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(text),
    });
    expect(await host.function(fixture.symbol('pyrevert')).exec('abc')).toBe('cba');
  });

  it('has a function back whose thread has ended while its process lives', async () => {
    const before = pid();
    const { exec } = host.function(fixture.symbol('pyleave'));
    await expect(exec(1)).rejects.toMatchObject({ code: 'ERR_CALL_LOST' });
    expect(await exec(0)).toBe(0);
    expect(pid()).toBe(before);
  });

  it('takes a validate that returns nothing for a yes', async () => {
    const seen: unknown[] = [];
    const { rule } = start(({ call }) =>
      from([1, 2]).pipe(
        call(fixture.symbol('pyinvalid'), (value) => [value]),
        tap((value) => seen.push(value)),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(seen).toEqual([1, 2]);
  });

  it.each<[string, RuleBody]>([
    ['source', ({ source }) => source(fixture.symbol('pyrandom'), { config: { interval: 10 } })],
    ['sink', ({ sink }) => NEVER.subscribe(sink(fixture.symbol('pyfile'), { config: { path: newFile() } }))],
  ])('runs no %s any longer that was stopped right after its start, thirty times', async (_, body) => {
    // One for each source and sink that runs.
    const threads = (): number => Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${pid()}/status`, 'utf8'))?.[1]);
    const round = async (): Promise<void> => {
      const { rule } = start(body);
      await statusOf(rule, 'running');
      rule.unsubscribe();
      await rule.done;
      expect(rule.ledger().balanced).toBe(true);
    };
    await round();
    const [before, first] = [threads(), pid()];
    for (let i = 0; i < 30; i += 1) await round();
    await until(() => threads() <= before);
    expect(pid()).toBe(first);
  });

  it('is refused when it exits with 0 because its name is another', async () => {
    const other = copyFixture('python');
    writeFileSync(join(other.dir, 'fixture.json'), JSON.stringify({ name: unique('other'), suffix: other.suffix }));
    const error = await errorOf(() => host.plugins.install(other.dir));
    expect(error.code).toBe('ERR_PLUGIN_EXITED');
    expect(error.message).toMatch(/code 0 before its handshake/);
    expect(error.message).toContain(`Is the name in its main program "${other.name}"?`);
    expect(host.plugins.has(other.name)).toBe(false);
  });
});
