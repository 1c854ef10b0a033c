import { describe, expect, it } from '@jest/globals';
import { finalize, from, mergeMap, NEVER, of, Subject, throwError, timer } from 'rxjs';
import type { RxportError } from '../../lib/errors.js';
import { mapAsync } from '../../operators/index.js';
import { handMap } from '../helpers/hand-map.js';
import { none } from '../helpers/none.js';
import { recordStages } from '../helpers/record-stages.js';

const thrown = new Error('broken');
const broken = (): never => {
  throw thrown;
};
const coded = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('a project that fails', () => {
  it('ends the stream, unless it is told otherwise; the rest is counted, and aborted', () => {
    const { source, out, seen, stage, aborted } = handMap({ concurrency: 2 });
    for (const n of [0, 1, 2]) source.next(n);
    out[0]?.error(thrown);

    expect(seen).toEqual([coded('ERR_USER_FUNCTION', 'project of mapAsync threw: broken')]);
    expect((seen[0] as RxportError).cause).toBe(thrown);
    expect(stage.counts()).toMatchObject({ received: 3, failed: { ERR_USER_FUNCTION: 1 }, dropped: { stopped: 2 } });
    expect(aborted()).toEqual([false, true]);
    expect(source.observed).toBe(false);
  });

  it('fails in its turn', () => {
    const { source, out, seen } = handMap({ concurrency: 2 });
    for (const n of [0, 1]) source.next(n);
    out[1]?.error(thrown);
    expect(seen).toEqual([]);
    out[0]?.next('x');
    expect(seen).toEqual(['x', coded('ERR_USER_FUNCTION', 'broken')]);
  });

  it('is a value less with drop', () => {
    const { source, out, seen, stage } = handMap({ onError: 'drop' });
    for (const n of [0, 1]) source.next(n);
    out[0]?.error(thrown);
    out[1]?.next('x');
    source.complete();

    expect(seen).toEqual(['x', 'done']);
    expect(stage.counts()).toMatchObject({ received: 2, passed: 1, failed: { ERR_USER_FUNCTION: 1 } });
  });

  it('is what a function makes of the error and the value', () => {
    const onError = (error: RxportError, value: number): string => `${error.code} of ${value}`;
    const { source, out, seen, stage } = handMap({ onError });
    source.next(7);
    out[7]?.error(thrown);
    source.complete();

    expect(seen).toEqual(['ERR_USER_FUNCTION of 7', 'done']);
    expect(stage.counts()).toMatchObject({ received: 1, passed: 1, failed: none });
  });

  it('ends the stream when that function throws', () => {
    const { source, out, seen, stage } = handMap({ onError: broken });
    for (const n of [0, 1]) source.next(n);
    out[0]?.error('first');

    expect(seen).toEqual([coded('ERR_USER_FUNCTION', 'onError of mapAsync threw: broken')]);
    expect(stage.counts()).toMatchObject({ failed: { ERR_USER_FUNCTION: 1 }, dropped: { stopped: 1 }, inFlight: 0 });
  });

  it('is dropped when that function unsubscribes', () => {
    const onError = (): void => subscription.unsubscribe();
    const { source, out, seen, stage, subscription } = handMap({ onError });
    source.next(0);
    out[0]?.error(thrown);

    expect(seen).toEqual([]);
    expect(stage.counts()).toMatchObject({ received: 1, passed: 0, dropped: { stopped: 1 } });
  });

  it.each<[string, () => unknown]>([
    ['throws', broken],
    ['rejects', () => Promise.reject(thrown)],
    ['errors', () => throwError(() => thrown)],
    ['gives a value and then throws in its teardown', () => timer(0).pipe(finalize(broken))],
  ])('fails when it %s', async (_, project) => {
    const mapped = of(1).pipe(mapAsync(project as () => Promise<number>));
    const error = await new Promise<RxportError>((resolve) => mapped.subscribe({ error: resolve }));

    expect(error).toEqual(coded('ERR_USER_FUNCTION', 'project of mapAsync threw'));
    expect(error.message).toContain('broken');
  });

  it('fails when what it gives is no stream', async () => {
    const mapped = of(1).pipe(mapAsync((() => 7) as unknown as () => Promise<number>));
    const error = await new Promise((resolve) => mapped.subscribe({ error: resolve }));

    expect(error).toEqual(coded('ERR_USER_FUNCTION', 'where a stream was expected'));
  });

  it('keeps an error of ours as it is', () => {
    const { source, out, seen } = handMap();
    source.next(0);
    source.next(1);
    const other = handMap();
    other.source.next(0);
    other.out[0]?.error(thrown);
    out[0]?.error(other.seen[0]);

    expect(seen[0]).toBe(other.seen[0]);
  });

  it('lets the others end and counts them when a teardown throws on unsubscribe', () => {
    const left: number[] = [];
    const { stages, changes, inRule } = recordStages();
    const project = (n: number) =>
      NEVER.pipe(
        finalize(() => {
          left.push(n);
          if (n === 0) broken();
        }),
      );
    const signals: AbortSignal[] = [];
    const source = new Subject<number>();
    const mapped = source.pipe(
      mapAsync((n, _, signal) => (signals.push(signal), project(n)), { concurrency: 2, high: 0 }),
    );
    const subscription = inRule(mapped).subscribe();
    for (const n of [0, 1, 2]) source.next(n);

    expect(() => subscription.unsubscribe()).toThrow('broken');
    expect(left).toEqual([0, 1]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(changes).toEqual(['mapAsync full', 'mapAsync content']);
    expect(stages[0]?.counts()).toMatchObject({ dropped: { stopped: 3 }, inFlight: 0 });
  });

  it('tells the rule what a teardown behind it throws, and goes on', () => {
    const { stages, errors, withRule } = recordStages();
    const [source, ...out] = [new Subject<number>(), new Subject<string>(), new Subject<string>()];
    const inner = (n: number) =>
      of(n).pipe(
        mapAsync(() => from(out[n] ?? []), { name: 'inner' }),
        finalize(broken),
      );
    const seen: unknown[] = [];
    source.pipe(mergeMap(inner)).subscribe((value) => seen.push(value));
    withRule(() => [0, 1].forEach((n) => source.next(n)));
    for (const one of out) one.next('x');

    expect(seen).toEqual(['x', 'x']);
    const told = coded('ERR_USER_FUNCTION', 'what follows inner threw: broken');
    expect(errors).toEqual([told, told]);
    expect(stages.map((stage) => stage.counts())).toMatchObject([{ passed: 1 }, { passed: 1 }]);
  });
});
