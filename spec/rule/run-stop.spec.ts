/** How long a run that stops waits for what its sources have sent. */
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, NEVER, Subject, tap, toArray } from 'rxjs';
import { LedgerBook } from '../../lib/rule/ledger.js';
import { RuleRun } from '../../lib/rule/run.js';
import { HandClock } from '../helpers/hand-clock.js';

/** A run over a source that is read when the spec says so, and whose rest the rule never takes. */
function start(flushTimeout?: number) {
  const clock = new HandClock();
  const book = new LedgerBook();
  const log: string[] = [];
  const values = new Subject<number>();
  let wasRead: () => void = () => undefined;
  const run = new RuleRun({
    ruleId: 'r',
    clock,
    flushTimeout,
    opId: () => 'o',
    callId: () => 'c',
    stage: (kind, name, depth, hooks) => book.stage(kind, name, depth, hooks),
    report: () => undefined,
    missing: () => undefined,
    failed: (error) => log.push(error.code),
  });
  const read = new Promise<void>((resolve) => (wasRead = resolve));
  run.running({
    pause: () => undefined,
    resume: () => undefined,
    stop: () => ({ read, ended: lastValueFrom(values) }),
    complete: () => values.complete(),
  });
  run.build(() => [
    values.pipe(
      toArray(),
      tap((all) => log.push(`all ${all.length}`)),
    ),
    NEVER,
  ]);
  values.next(1);
  const stop = (timeout?: number): void => void run.stop({ flush: true, timeout }).then(() => log.push('over'));
  const after = async (ms: number): Promise<readonly string[]> => {
    await new Promise(setImmediate);
    clock.advance(ms);
    await new Promise(setImmediate);
    return log;
  };
  return { run, stop, after, wasRead };
}

describe('the time of a flush', () => {
  it.each<[string, number | undefined, number | undefined, number]>([
    ['the stop says it', undefined, 60_000, 60_000],
    ['the host says it', 20_000, undefined, 20_000],
    ['nobody says it', undefined, undefined, 5_000],
    ['the stop has none', undefined, 0, 0],
  ])('begins when the sources were read, and is for their rest as well: %s', async (_, flushTimeout, timeout, ms) => {
    const { stop, after, wasRead } = start(flushTimeout);
    stop(timeout);
    expect(await after(100_000)).toEqual([]);
    wasRead();
    if (ms > 0) expect(await after(ms - 1)).toEqual([]);
    expect(await after(1)).toEqual(['all 1', 'over']);
  });

  it('has no end when it is Infinity, until another stop has one', async () => {
    const { run, stop, after, wasRead } = start();
    stop(Infinity);
    wasRead();
    expect(await after(2 ** 31)).toEqual([]);
    stop(10);
    expect(run.flushTimeout).toBe(10);
    expect(await after(10)).toEqual(['all 1', 'over', 'over']);
  });
});
