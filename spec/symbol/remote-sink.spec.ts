import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { concat, concatMap, EMPTY, from, NEVER, of, Subject, throwError, timer } from 'rxjs';
import type { DrainReport, Sink, SinkAck, SinkOptions, SymbolEvent } from '../../lib/index.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { commandsTo } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const { counted, file } = partsOf(shared);
const name = (): string => `sink ${shared.symbol('file')}`;

/** Sends `values` into a sink in a rule of its own, and waits for the end of the rule. */
async function send(values: readonly unknown[], options: SinkOptions = {}) {
  const path = newFile();
  let sink: Sink<unknown> | undefined;
  const acks: SinkAck<unknown>[] = [];
  const events: SymbolEvent[] = [];
  const rule = shared.rule(
    (context) => {
      sink = file(context, path, options);
      sink.acks$.subscribe((ack) => acks.push(ack));
      // Not within the body: nobody listens to the events of the rule yet.
      return from(Promise.resolve(values))
        .pipe(concatMap((all) => all))
        .subscribe(sink);
    },
    { restart: 'never' },
  );
  rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
  const status = await rule.done;
  const report = await (sink?.drained as Promise<DrainReport>);
  const counts = rule.ledger().stages[name()];
  expect(rule.ledger().balanced).toBe(true);
  return { path, status, acks, events, counts, report };
}

describe('a sink', () => {
  it.each<[string, SinkOptions, readonly unknown[], readonly string[]]>([
    ['as JSON, strings included', {}, [{ a: 1 }, 'text', null, [1]], ['{"a":1}', '"text"', 'null', '[1]']],
    ['as arrays when asked for', { sendSingle: false }, [{ a: 1 }, 'text'], ['[{"a":1}]', '["text"]']],
    ['raw when asked for, and the rest as JSON', { encode: 'raw' }, ['text', { a: 1 }], ['text', '{"a":1}']],
    ['as bytes when they are bytes', {}, [new TextEncoder().encode('bytes')], ['bytes']],
  ])('sends its values %s', async (_, options, values, lines) => {
    const { path, status, report } = await send(values, options);
    expect(status.phase).toBe('completed');
    expect(readFileSync(path, 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
    expect(report).toEqual({ delivered: values.length, dropped: {} });
  });

  it('takes what a large stream has, in order', async () => {
    const { path, counts } = await send(zeroTo(20_000), { queue: { size: 20_000, policy: 'error' } });
    expect(linesOf(path)).toEqual(zeroTo(20_000));
    expect(counts).toMatchObject({ received: 20_000, passed: 20_000, inFlight: 0 });
  });

  it('leaves out what has no JSON, and says so', async () => {
    const { path, events, counts, report } = await send([1, undefined, 2n, () => 1, 3]);
    expect(linesOf(path)).toEqual([1, 3]);
    expect(counts).toMatchObject({ received: 5, passed: 2, failed: { ERR_SINK_ENCODE: 3 } });
    expect(events).toHaveLength(3);
    expect(report).toEqual({ delivered: 2, dropped: { ERR_SINK_ENCODE: 3 } });
  });

  it('counts what comes after its end', async () => {
    const rule = shared.rule((context) => {
      const sink = file(context);
      const stream = of(1).subscribe(sink);
      sink.next(2);
      sink.complete();
      sink.next(3);
      return stream;
    });
    await rule.done;
    expect(rule.ledger().stages[name()]).toMatchObject({ received: 3, passed: 1, dropped: { completed: 2 } });
  });

  it.each<[string, SinkOptions, number]>([
    ['drains what it has when its stream fails; the rule fails after that', { config: { acks: ['ok'] } }, 3],
    ['does not keep that to itself for longer than a flush may take', { config: { acks: ['never'] } }, 0],
  ])('%s', async (_, options, passed) => {
    const path = newFile();
    const failing = concat(
      from(zeroTo(3)),
      throwError(() => new Error('no')),
    );
    const rule = shared.rule((context) => failing.subscribe(file(context, path, { requireAck: true, ...options })), {
      restart: 'never',
    });
    const began = performance.now();
    const failed = await statusOf(rule, 'failed');
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(failed).toMatchObject({ error: { message: expect.stringContaining('no') } });
    expect(rule.ledger().stages[name()]).toMatchObject({ received: 3, passed });
    await rule.stop({ signal: AbortSignal.abort() });
    expect(rule.ledger().balanced).toBe(true);
    expect((await rule.done).phase).toBe('failed');
  });

  it.each<[string, SinkOptions]>([
    ['without acks', {}],
    ['with them', { requireAck: true, config: { acks: ['ok', 'disk full'] } }],
  ])('says when it is under pressure, and when not any longer: %s', async (_, options) => {
    const seen: boolean[] = [];
    const rule = shared.rule((context) => {
      const sink = file(context, newFile(), { ...options, queue: { size: 8, policy: 'drop-newest' } });
      sink.pressure$.subscribe((pressure) => seen.push(pressure));
      return from(zeroTo(8)).subscribe(sink);
    });
    await rule.done;
    expect(seen).toEqual([false, true, false]);
  });

  it.each([
    [{ size: 0, policy: 'drop-oldest' as const }, 'queue.size'],
    [{ size: 1.5, policy: 'error' as const }, 'queue.size'],
    [{ size: 1, policy: 'oldest' as never }, 'queue.policy'],
  ])('refuses the queue %j', async (queue, text) => {
    const rule = shared.rule((context) => EMPTY.subscribe(file(context, newFile(), { queue })));
    expect(await rule.done).toMatchObject({
      phase: 'failed',
      error: { code: 'ERR_OPERATOR_OPTION', message: expect.stringContaining(text) },
    });
  });

  it.each([0, -1, NaN, 2 ** 31])('refuses %d ms for an ack', async (ackTimeout) => {
    const rule = shared.rule((context) => EMPTY.subscribe(file(context, newFile(), { ackTimeout })));
    expect(await rule.done).toMatchObject({
      phase: 'failed',
      error: { code: 'ERR_OPERATOR_OPTION', message: expect.stringContaining(`ackTimeout ${ackTimeout}`) },
    });
    expect(rule.ledger()).toEqual({ stages: {}, balanced: true });
    expect(await rule.stop()).toEqual({ drained: true, dropped: {} });
  });

  it('drops as its policy has it while its plugin is not there, and counts', async () => {
    const cases = [
      ['drop-oldest', [2, 3], 2],
      ['drop-newest', [0, 1], 2],
      ['latest', [3], 3],
    ] as const;
    for (const [policy, lines, overflow] of cases) {
      const { path, counts, events } = await send([0, 1, 2, 3], { queue: { size: 2, policy } });
      expect(linesOf(path)).toEqual(lines);
      expect(counts).toMatchObject({ received: 4, dropped: { overflow } });
      expect(events).toContainEqual(expect.objectContaining({ type: 'dropped', reason: 'overflow' }));
    }
  });

  it('fails once when its queue is full and the policy is "error"; what follows is a sum', async () => {
    const { status, counts, events } = await send(zeroTo(100), { queue: { size: 2, policy: 'error' } });
    expect(status).toMatchObject({ phase: 'failed', error: { code: 'ERR_QUEUE_OVERFLOW' } });
    expect(counts).toMatchObject({ received: 100, dropped: { overflow: 98 } });
    expect(events.map(({ type }) => type)).toEqual(['paused', 'dropped', 'dropped']);
    expect(events.map((event) => 'count' in event && event.count)).toEqual([1, 1, 97]);
  });

  it('is outside a rule the same, and drained when it is completed', async () => {
    const path = newFile();
    const sink = shared.host.sink<number>(shared.symbol('file'), { config: { path } });
    of(1, 2).subscribe(sink);
    expect(await sink.drained).toEqual({ delivered: 2, dropped: {} });
    expect(linesOf(path)).toEqual([1, 2]);
    const other = shared.host.sink<number>(shared.symbol('file'), { config: { path } });
    other.next(3);
    other.complete();
    expect(await other.drained).toEqual({ delivered: 1, dropped: {} });
  });
});

describe('a sink that dies', () => {
  it('in a living process is started again, and its rule goes on', async () => {
    const path = newFile();
    const values = new Subject<number>();
    const rule = shared.rule((context) => values.subscribe(file(context, path, { config: { endAfter: 2 } })));
    const events: SymbolEvent[] = [];
    rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
    await statusOf(rule, 'running');
    for (let i = 0; i < 4; i += 1) {
      values.next(i);
      await until(() => linesOf(path).length > i);
    }
    await until(() => events.filter(({ type }) => type === 'restarted').length > 0);
    values.complete();
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual([0, 1, 2, 3]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'restarted', attempt: 1 }));
    expect(shared.plugin.state.phase).toBe('ready');
  });

  it('while it drains is started again too', async () => {
    const { path, counts, status } = await send([1, 2, 3], {
      requireAck: true,
      config: { acks: ['ok'], endAfter: 1 },
    });
    expect(status.phase).toBe('completed');
    expect(linesOf(path)).toEqual([1, 2, 3]);
    expect(counts).toMatchObject({ received: 3, passed: 3 });
  });

  it('with its process gets what the kernel had not taken once more', async () => {
    const path = newFile();
    const rule = shared.rule((context) =>
      concat(from(zeroTo(3)), timer(50).pipe(concatMap(() => from(zeroTo(3))))).subscribe(
        file(context, path, { requireAck: true, config: { acks: ['ok'], exitAfter: 2 } }),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    const lines = linesOf(path);
    // Written and not acknowledged: once more. At least once, and never lost.
    expect(lines.length).toBeGreaterThanOrEqual(6);
    expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(3);
    expect(rule.ledger().stages[name()]).toMatchObject({ received: 6, passed: 6 });
    expect(
      commandsTo(shared.plugin.dir).filter(({ meta, cmd }) => meta.ruleId === rule.id && cmd === 'start').length,
    ).toBeGreaterThan(1);
  });

  it('without acks says how much may be lost', async () => {
    const events: SymbolEvent[] = [];
    const rule = shared.rule((context) =>
      concat(counted(context, 200), NEVER).subscribe(file(context, newFile(), { config: { exitAfter: 20 } })),
    );
    rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
    const lost = await until(() => events.find(({ type }) => type === 'unconfirmed'));
    expect(lost).toMatchObject({ symbol: shared.symbol('file'), count: expect.any(Number) });
    rule.unsubscribe();
    await rule.done;
    expect(rule.ledger().balanced).toBe(true);
  });
});
