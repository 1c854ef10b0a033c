import { describe, expect, it } from '@jest/globals';
import { delay, filter, mergeMap, of, type OperatorFunction, startWith, Subject, Subscription } from 'rxjs';
import { queued, type QueuedOptions } from '../../operators/index.js';
import { HandClock } from '../helpers/hand-clock.js';
import { handQueue, keeper } from '../helpers/hand-queue.js';

const failing = (text: string): never => {
  throw new Error(text);
};
const coded = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('queued with an operator that does not emit one for each', () => {
  it.each<[string, OperatorFunction<number, unknown>, unknown[]]>([
    ['two for one', mergeMap((n) => [n, n]), [0]],
    ['one before the first', startWith('first'), []],
  ])('fails at %s', (_, operator, before) => {
    const { send, seen, stage } = handQueue(operator, { name: 'later' });
    send(0);

    expect(seen).toEqual([
      ...before,
      coded('ERR_OPERATOR_BOUND', 'later: its operator emits more than one value for each that it gets'),
    ]);
    expect(stage.counts()).toMatchObject({ passed: before.length, inFlight: 0 });
  });

  it('tells nobody who listens no longer', () => {
    // A sink is one: an Observer that is its own subscription.
    class Sink extends Subscription {
      readonly seen: unknown[] = [];
      next(value: unknown): void {
        this.seen.push(value);
        this.unsubscribe();
      }
      error(error: unknown): void {
        this.seen.push(error);
      }
      complete(): void {
        this.unsubscribe();
      }
    }
    const sink = new Sink();
    of(1)
      .pipe(queued(mergeMap((n) => [n, n])))
      .subscribe(sink);

    expect(sink.seen).toEqual([1]);
  });
});

describe('queued with an operator that keeps what it gets', () => {
  const odd = filter((n: number) => n % 2 === 1);
  const stalled = (count: number, silence: number): unknown =>
    coded('ERR_STAGE_STALLED', `queued holds ${count} values and has emitted none for ${silence} ms`);

  it('fails when it has emitted nothing for its timeout, and not before', () => {
    const { clock, send, seen, stage } = handQueue(odd, { high: 2, timeout: 100 });
    send(0, 2);
    clock.advance(1_000);
    send(4);
    clock.advance(99);
    expect(seen).toEqual([]);
    clock.advance(1);

    expect(seen).toEqual([stalled(3, 100)]);
    expect(stage.counts()).toMatchObject({ received: 3, dropped: { stopped: 3 }, inFlight: 0 });
  });

  it('begins anew with each value, and takes twice its timeout at most', () => {
    const { clock, send, seen } = handQueue(odd, { high: 2, timeout: 100 });
    send(0, 2, 4, 6);
    clock.advance(1);
    send(1);
    clock.advance(198);
    expect(seen).toEqual([1]);
    clock.advance(1);

    expect(seen).toEqual([1, stalled(4, 100)]);
  });

  it('waits as long as it takes while the sources do not wait for it', () => {
    const { operator, release } = keeper();
    const { clock, send, seen } = handQueue(operator, { high: 2, low: 1, timeout: 100 });
    send(0, 1, 2);
    clock.advance(50);
    release(2);
    send(3);
    clock.advance(10_000);
    expect(seen).toEqual([0, 1]);
    send(4);
    clock.advance(99);
    expect(seen).toEqual([0, 1]);
    clock.advance(1);
    expect(seen).toEqual([0, 1, stalled(3, 100)]);
  });

  it('fails between its marks as well while they do', () => {
    const { operator, release } = keeper();
    const { clock, send, seen } = handQueue(operator, { high: 2, low: 1, timeout: 100 });
    send(0, 1, 2);
    clock.advance(50);
    release();
    clock.advance(149);
    expect(seen).toEqual([0]);
    clock.advance(1);
    expect(seen).toEqual([0, stalled(2, 100)]);
  });

  it('fails without a rule above its high mark', () => {
    const scheduler = new HandClock();
    const values = new Subject<number>();
    const seen: unknown[] = [];
    values
      .pipe(queued(odd, { high: 2, timeout: 100, scheduler }))
      .subscribe({ error: (error: unknown) => seen.push(error) });
    [0, 2].forEach((n) => values.next(n));
    scheduler.advance(1_000);
    expect(seen).toEqual([]);
    values.next(4);
    scheduler.advance(100);
    expect(seen).toEqual([stalled(3, 100)]);
  });

  it('waits a minute unless it is told otherwise, or for ever', () => {
    const timeless = { now: () => 0, schedule: () => failing('a timer of a timeout without end would fire at once') };
    const one = handQueue(odd, { high: 0 });
    const other = handQueue(odd, { high: 0, timeout: Infinity, scheduler: timeless });
    for (const { clock, send } of [one, other]) {
      send(0);
      clock.advance(59_999);
    }
    expect([one.seen, other.seen]).toEqual([[], []]);
    for (const { clock } of [one, other]) clock.advance(1e9);
    expect([one.seen, other.seen]).toEqual([[stalled(1, 60_000)], []]);
  });

  it('leaves no timer behind', () => {
    const clock = new HandClock();
    const { send, subscription } = handQueue(odd, { high: 0, scheduler: clock });
    send(0, 2, 4);
    expect(clock.actions).toHaveLength(1);
    subscription.unsubscribe();
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });
});

describe('queued refuses at once', () => {
  it.each<[QueuedOptions, string]>([
    [{ size: 0, name: 'later' }, 'later: size 0 is no whole number from 1'],
    [{ high: -1 }, 'queued: high -1 is no number from 0'],
    [{ high: 8, size: 8 }, 'queued: high 8 is not below 8, the most that wait'],
    [{ high: Infinity, low: 1 }, 'queued: low 1 means nothing where high is Infinity: give both or neither'],
    [{ timeout: 0 }, 'timeout 0 is no number of milliseconds above 0'],
    [{ timeout: 2 ** 31 }, 'timeout 2147483648 is more than'],
    [{ policy: 'drop-oldest' as 'error' }, 'policy drop-oldest is none of drop-newest, error'],
    [{ policy: 'latest' as 'error' }, 'policy latest is none of'],
  ])('%p', (options, problem) => {
    expect(() => queued(delay(1), options)).toThrow(coded('ERR_OPERATOR_OPTION', problem));
  });

  it('fails with what its operator throws when it is applied', () => {
    const { seen } = handQueue(() => failing('broken'));
    expect(seen).toEqual([new Error('broken')]);
  });
});
