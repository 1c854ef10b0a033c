import { describe, expect, it } from '@jest/globals';
import { concat, concatAll, defer, from, ignoreElements } from 'rxjs';
import type { SinkOptions, SymbolEvent } from '../../lib/index.js';
import { linesOf } from '../helpers/lines.js';
import { none } from '../helpers/none.js';
import { newFile, partsOf, zeroTo } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const { file } = partsOf(shared);
const late = { after: 700 };

/** Takes ten values to a sink whose plugin acknowledges as `acks` has it, the last one for ever. */
async function ten(acks: readonly unknown[], options: SinkOptions) {
  const path = newFile();
  const answers: string[] = [];
  const events: SymbolEvent[] = [];
  const rule = shared.rule((context) => {
    const sink = file(context, path, { ...options, config: { acks } });
    sink.acks$.subscribe(({ error }) => answers.push(error?.code ?? 'ok'));
    // Not within the body: nobody listens to the events of the rule yet.
    const values = from(Promise.resolve(zeroTo(10))).pipe(concatAll());
    // A plugin that is slow to acknowledge would lose at the STOP what it has read.
    const written = defer(() => until(() => linesOf(path).length === 10)).pipe(ignoreElements());
    return concat(values, written).subscribe(sink);
  });
  rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
  expect((await rule.done).phase).toBe('completed');
  expect(rule.ledger().balanced).toBe(true);
  // Each value has reached the plugin once, in order, whatever it answered.
  expect(linesOf(path)).toEqual(zeroTo(10));
  const codes = events.map((event) => (event.type === 'error' ? event.error.code : event.type));
  return { answers, codes, counts: rule.ledger().stages[`sink ${shared.symbol('file')}`] };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('the acks of a sink', () => {
  it.each([
    ['sent', ['ok']],
    ['late', [{ after: 20 }]],
  ])('are read and of no account where they are not required: %s', async (_, acks) => {
    const { answers, codes, counts } = await ten(acks, {});
    expect({ answers, codes }).toEqual({ answers: [], codes: [] });
    expect(counts).toMatchObject({ received: 10, passed: 10, failed: none });
  });

  it('are told where they are not required and say that something went wrong', async () => {
    const { codes, counts } = await ten(['ok', 'disk full', 'ok'], {});
    expect(codes).toEqual(['ERR_SINK_ACK']);
    expect(counts).toMatchObject({ received: 10, passed: 10, failed: none });
  });

  it('are one for each value where they are required', async () => {
    const { answers, counts } = await ten(['ok', 'too hot', 'ok'], { requireAck: true });
    expect(answers).toEqual(['ok', 'ERR_SINK_ACK', ...times(8, 'ok')]);
    expect(counts).toMatchObject({ received: 10, passed: 9, failed: { ERR_SINK_ACK: 1 } });
  });

  it('have a deadline where they are required and never sent', async () => {
    const { answers, codes, counts } = await ten(['never'], { requireAck: true, ackTimeout: 20 });
    expect(answers).toEqual(times(10, 'ERR_SINK_ACK_TIMEOUT'));
    expect(codes).toEqual(answers);
    expect(counts).toMatchObject({ received: 10, passed: 0, failed: { ERR_SINK_ACK_TIMEOUT: 10 } });
  });

  it('are not taken for those of the next value when they come late', async () => {
    const { answers, counts } = await ten(['ok', late, 'too hot', 'ok'], { requireAck: true, ackTimeout: 500 });
    expect(answers).toEqual(['ok', 'ERR_SINK_ACK_TIMEOUT', 'ERR_SINK_ACK', ...times(7, 'ok')]);
    expect(counts).toMatchObject({ received: 10, passed: 8, failed: { ERR_SINK_ACK_TIMEOUT: 1, ERR_SINK_ACK: 1 } });
  });
});
