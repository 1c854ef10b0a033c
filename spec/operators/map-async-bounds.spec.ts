import { describe, expect, it } from '@jest/globals';
import { NEVER, of } from 'rxjs';
import { mapAsync, type MapAsyncOptions } from '../../operators/index.js';
import { HandClock } from '../helpers/hand-clock.js';
import { handMap } from '../helpers/hand-map.js';
import { marbles } from '../helpers/marbles.js';
import { TimerCounter } from '../helpers/timer-counter.js';

const thrown = new Error('broken');
const coded = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('a project that is late', () => {
  it('fails as onError has it, and is aborted and left', () => {
    const { clock, source, out, seen, aborted, stage } = handMap({ timeout: 10, onError: 'drop' });
    for (const n of [0, 1]) source.next(n);
    clock.advance(9);
    expect([aborted(), stage.counts().failed]).toEqual([[false], {}]);
    clock.advance(1);
    expect([aborted(), stage.counts().failed]).toEqual([[true, false], { ERR_PROJECT_TIMEOUT: 1 }]);
    expect(out[0]?.observed).toBe(false);
    clock.advance(9);
    out[1]?.next('x');
    source.complete();

    expect(seen).toEqual(['x', 'done']);
    expect(aborted()).toEqual([true, false]);
  });

  it('ends the stream, unless it is told otherwise', () => {
    const { clock, source, seen, aborted } = handMap({ timeout: 10, name: 'store', concurrency: 2 });
    source.next(0);
    clock.advance(5);
    source.next(1);
    clock.advance(5);

    expect(seen).toEqual([
      coded(
        'ERR_PROJECT_TIMEOUT',
        'store: its project gave nothing within 10 ms: raise timeout, or mend what it waits for',
      ),
    ]);
    expect(aborted()).toEqual([true, true]);
  });

  it('has its time from when it begins, not from when its value came', () => {
    const { clock, source, out, seen } = handMap({ timeout: 10 });
    for (const n of [0, 1]) source.next(n);
    clock.advance(9);
    out[0]?.next('x');
    clock.advance(9);
    out[1]?.next('y');
    expect(seen).toEqual(['x', 'y']);
  });

  it('may take as long as it likes unless it is told otherwise', () => {
    const schedule = (): never => {
      throw new Error('a timer of a timeout without end would fire at once');
    };
    const { source, out, seen } = handMap({ scheduler: { now: () => 0, schedule } });
    source.next(0);
    out[0]?.next('x');

    expect(seen).toEqual(['x']);
  });

  it('is not heard any more', async () => {
    let reject: (error: unknown) => void = () => undefined;
    const clock = new HandClock();
    const seen: unknown[] = [];
    const project = (): Promise<number> => new Promise((_, no) => (reject = no));
    const options = { timeout: 10, scheduler: clock, onError: () => 'late' };
    of(1)
      .pipe(mapAsync(project, options))
      .subscribe((value) => seen.push(value));
    clock.advance(10);
    reject(thrown);
    await new Promise(setImmediate);
    expect(seen).toEqual(['late']);
  });

  it('takes one timer at a time, not one for each value', () => {
    const { clock, source, out, seen } = handMap({ timeout: 2_000, concurrency: 3 });
    for (let n = 0; n < 1_000; n += 1) {
      source.next(n);
      if (n >= 2) out[n - 2]?.next(n - 2);
      clock.advance(1);
    }
    expect([seen.length, clock.timers]).toEqual([998, 1]);
    clock.advance(1_997);
    expect(seen).toHaveLength(998);
    clock.advance(1);
    expect(seen[998]).toEqual(coded('ERR_PROJECT_TIMEOUT', 'within 2000 ms'));
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });

  it(
    'leaves no timer behind, however a project ends',
    marbles(({ cold, expectObservable, flush }) => {
      const scheduler = new TimerCounter();
      const options = { timeout: 5, scheduler, onError: 'drop' as const, concurrency: 9 };
      const projects = { a: of('x'), b: cold('-y'), c: cold('|'), d: cold('#'), e: NEVER, f: NEVER };
      const mapped = cold('abcde-----f', projects).pipe(mapAsync((project) => project, options));

      expectObservable(mapped, '------------!').toBe('x-y');
      flush();
      expect(scheduler.pending).toBe(0);
    }),
  );
});

describe('the signal of a project', () => {
  it('is aborted when nobody wants the result any longer, and not when it has come', () => {
    const { source, out, subscription, aborted } = handMap({ concurrency: 2 });
    for (const n of [0, 1, 2]) source.next(n);
    out[0]?.next('x');
    expect(aborted()).toEqual([false, false, false]);
    subscription.unsubscribe();
    expect(aborted()).toEqual([false, true, true]);
  });

  it('is aborted when the source fails', () => {
    const { source, seen, aborted } = handMap();
    source.next(0);
    source.error(thrown);
    expect([seen, aborted()]).toEqual([[thrown], [true]]);
  });
});

describe('mapAsync with a full queue', () => {
  it.each<[MapAsyncOptions<number>, unknown[]]>([
    [{ policy: 'drop-oldest', size: 2 }, [0, 3, 4, 'done']],
    [{ policy: 'drop-newest', size: 2 }, [0, 1, 2, 'done']],
    [{ policy: 'latest' }, [0, 4, 'done']],
  ])('%p', (options, expected) => {
    const { source, out, seen, stage } = handMap(options);
    for (const n of [0, 1, 2, 3, 4]) source.next(n);
    source.complete();
    for (const n of [0, 1, 2, 3, 4]) out[n]?.next(n);

    expect(seen).toEqual(expected);
    expect(stage.counts()).toMatchObject({ received: 5, dropped: { overflow: 6 - expected.length }, inFlight: 0 });
  });

  it('fails with the policy error', () => {
    const { source, seen, stage, aborted } = handMap({ policy: 'error', size: 1, name: 'store' });
    for (const n of [0, 1, 2]) source.next(n);

    expect(seen).toEqual([coded('ERR_QUEUE_OVERFLOW', 'store')]);
    expect(stage.counts()).toMatchObject({ received: 3, dropped: { overflow: 1, stopped: 2 }, inFlight: 0 });
    expect(aborted()).toEqual([true]);
  });
});

describe('mapAsync refuses at once', () => {
  it.each<[MapAsyncOptions<number>, string]>([
    [{ concurrency: 0 }, 'mapAsync: concurrency 0 is no whole number from 1'],
    [{ concurrency: 1.5 }, 'concurrency 1.5'],
    [{ concurrency: NaN }, 'concurrency NaN'],
    [{ timeout: 0 }, 'timeout 0 is no number of milliseconds above 0'],
    [{ timeout: NaN }, 'timeout NaN'],
    [{ timeout: 2 ** 31 }, 'timeout 2147483648 is more than 2147483647: give Infinity for none'],
    [{ size: 0, name: 'store' }, 'store: size 0 is no whole number from 1'],
    [{ high: 5, low: 6 }, 'mapAsync: low 6 is not between 0 and high 5'],
    [{ policy: 'newest' as 'latest' }, 'mapAsync: policy newest is none of'],
  ])('%p', (options, problem) => {
    expect(() => mapAsync((n: number) => of(n), options)).toThrow(coded('ERR_OPERATOR_OPTION', problem));
  });

  it.each<MapAsyncOptions<number>>([{ concurrency: Infinity, timeout: Infinity }, { timeout: 2 ** 31 - 1 }])(
    'not %p',
    (options) => {
      expect(() => mapAsync((n: number) => of(n), options)).not.toThrow();
    },
  );
});
