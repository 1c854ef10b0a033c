import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER } from 'rxjs';
import type { Rule, SinkOptions, StopOptions, SymbolEvent } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** Its `flushTimeout` is 300 ms. */
const shared = sharedHost();
const { file } = partsOf(shared);
const COUNT = 200;
/** Far more than a stop takes, and far less than the sink would take for all that waits. */
const SOON = 6_000;

const never: SinkOptions = { requireAck: true, ackTimeout: 200, config: { acks: ['never'] } };
const late: SinkOptions = { requireAck: true, ackTimeout: 100, config: { acks: [{ after: 150 }] } };
const slow: SinkOptions = { requireAck: true, ackTimeout: 1_000, config: { acks: [{ after: 100 }] } };

/** A rule whose sink has `count` values, and has begun with them. */
async function begun(options: SinkOptions, { count = COUNT, after = NEVER } = {}) {
  const path = newFile();
  const rule = shared.rule((context) => concat(from(zeroTo(count)), after).subscribe(file(context, path, options)));
  await statusOf(rule, 'running');
  await until(() => linesOf(path).length > 0);
  return { rule, path };
}

const countsOf = (rule: Rule) => rule.ledger().stages[`sink ${shared.symbol('file')}`];

/** Stops it; answers what it has dropped, which all is counted, and that soon. */
async function stopped(rule: Rule, options?: StopOptions): Promise<number> {
  const began = performance.now();
  const { dropped } = await rule.stop(options);
  expect(performance.now() - began).toBeLessThan(SOON);
  expect(rule.ledger().balanced).toBe(true);
  expect(countsOf(rule)).toMatchObject({ dropped, inFlight: 0 });
  return dropped['stopped'] ?? 0;
}

describe('the stop of a rule with a sink that must acknowledge', () => {
  it.each<[string, SinkOptions]>([
    ['never does', never],
    ['is late with each', late],
  ])('does not wait for one that %s', async (_, options) => {
    const { rule } = await begun(options);
    expect(await stopped(rule)).toBeGreaterThan(COUNT / 2);
  });

  it('does not, either, when its stream has ended before', async () => {
    const { rule } = await begun(never, { after: from([]) });
    expect(await stopped(rule, { timeout: 100 })).toBeGreaterThan(COUNT / 2);
  });

  it('gives as long as the stop says', async () => {
    const { rule } = await begun(never);
    const began = performance.now();
    expect(await stopped(rule, { timeout: 1_000 })).toBeGreaterThan(COUNT / 2);
    // For the flush, and once more.
    expect(performance.now() - began).toBeGreaterThan(2_000);
  });

  it('waits for one that is slow, and in time', async () => {
    const { rule, path } = await begun(slow, { count: 15 });
    expect(await rule.stop({ timeout: 0 })).toEqual({ drained: true, dropped: {} });
    expect(linesOf(path)).toEqual(zeroTo(15));
    expect(countsOf(rule)).toMatchObject({ received: 15, passed: 15 });
  });

  it('cuts that one short when its signal says so', async () => {
    const { rule, path } = await begun(slow);
    const controller = new AbortController();
    const end = stopped(rule, { timeout: 0, signal: controller.signal });
    await until(() => linesOf(path).length > 3);
    controller.abort();
    expect(await end).toBeGreaterThan(COUNT / 2);
    expect(linesOf(path).length).toBeGreaterThanOrEqual(countsOf(rule)?.passed ?? Infinity);
  });

  it('is over soon after it was unsubscribed, too', async () => {
    const { rule } = await begun(never);
    const began = performance.now();
    rule.unsubscribe();
    expect((await rule.done).phase).toBe('stopped');
    expect(performance.now() - began).toBeLessThan(SOON);
    expect(rule.ledger().balanced).toBe(true);
  });
});

describe('the signal of a stop', () => {
  it.each([
    ['and what waits is dropped', COUNT],
    ['and the kernel has all', 8],
  ])('ends the wait for a sink that is slow to read: what it may not have read is told, %s', async (_, count) => {
    const path = newFile();
    const events: SymbolEvent[] = [];
    const large = zeroTo(count).map((value) => ({ ...value, text: 'x'.repeat(20_000) }));
    const rule = shared.rule((context) =>
      concat(from(large), NEVER).subscribe(file(context, path, { config: { delay: 600 } })),
    );
    rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
    await until(() => linesOf(path).length > 0);
    const dropped = await stopped(rule, { signal: AbortSignal.abort() });
    if (count === COUNT) expect(dropped).toBeGreaterThan(COUNT / 2);
    expect(countsOf(rule)).toMatchObject({ received: count, passed: count - dropped });
    expect(linesOf(path).length).toBeLessThan(count);
    expect(events).toContainEqual(expect.objectContaining({ type: 'unconfirmed' }));
  });

  it('leaves a sink that is quick what it has accepted', async () => {
    const path = newFile();
    const rule = shared.rule((context) => concat(from(zeroTo(50)), NEVER).subscribe(file(context, path)));
    expect(await rule.stop({ signal: AbortSignal.abort() })).toEqual({ drained: true, dropped: {} });
    expect(linesOf(path)).toEqual(zeroTo(50));
  });

  it('ends that of a host, in rules and outside of them', async () => {
    const host = await startHost();
    const { dir, symbol } = scriptedPlugin();
    await host.plugins.install(dir);
    const [inside, outside] = [newFile(), newFile()];
    const options = (path: string) => ({ requireAck: true, config: { path, acks: [{ after: 100 }] } });
    const rule = host.rule(unique('r'), ({ sink }) =>
      concat(from(zeroTo(COUNT)), NEVER).subscribe(sink(symbol('file'), options(inside))),
    );
    const sink = host.sink<unknown>(symbol('file'), options(outside));
    from(zeroTo(COUNT)).subscribe(sink);
    await until(() => linesOf(inside).length > 0 && linesOf(outside).length > 0);
    const began = performance.now();
    await host.stop({ signal: AbortSignal.abort() });
    expect(performance.now() - began).toBeLessThan(SOON);
    expect(rule.ledger().balanced).toBe(true);
    const { delivered, dropped } = await sink.drained;
    expect(delivered + (dropped['stopped'] ?? 0)).toBe(COUNT);
  });
});
