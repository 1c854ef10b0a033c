import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  catchError,
  concat,
  concatMap,
  concatWith,
  connect,
  defer,
  EMPTY,
  exhaustMap,
  expand,
  finalize,
  from,
  groupBy,
  iif,
  interval,
  map,
  merge,
  mergeMap,
  NEVER,
  Observable,
  observeOn,
  of,
  onErrorResumeNextWith,
  queueScheduler,
  race,
  repeat,
  retry,
  scan,
  share,
  startWith,
  Subject,
  type Subscriber,
  subscribeOn,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  timeout,
  timer,
  using,
  windowCount,
  zipWith,
} from 'rxjs';
import { OneStream } from '../../lib/symbol/one-stream.js';

/** An observer as a sink is one, without a plugin. */
class Recorder extends OneStream {
  readonly values: unknown[] = [];
  readonly errors: unknown[] = [];
  second = 0;
  private resolve: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => (this.resolve = resolve));

  next(value: unknown): void {
    this.values.push(value);
  }

  complete(): void {
    this.unsubscribe();
  }

  override unsubscribe(): void {
    super.unsubscribe();
    this.resolve();
  }

  protected override streamFailed(error: unknown): void {
    this.errors.push(error);
    this.unsubscribe();
  }

  protected override streamShared(): void {
    this.second += 1;
  }
}

const boom = (): never => {
  throw new Error('boom');
};
const text = (value: unknown): string => JSON.stringify(value);
const three = of(1, 2, 3);
const later = timer(1).pipe(concatMap(() => three));
const failing = timer(1).pipe(map(boom));

describe('an observer of one stream', () => {
  it('is what subscribe returns', () => {
    const sink = new Recorder();
    expect(three.subscribe(sink)).toBe(sink);
  });

  const chains: readonly (readonly [string, () => Observable<unknown>])[] = [
    ['a plain stream', () => three],
    ['a stream of your own', () => new Observable((subscriber) => subscriber.complete())],
    ['a stream that hands its subscriber on', () => new Observable((subscriber) => later.subscribe(subscriber))],
    ['map', () => three.pipe(map(text))],
    ['mergeMap', () => three.pipe(mergeMap(() => later))],
    ['concatMap', () => three.pipe(concatMap(() => later))],
    ['switchMap', () => three.pipe(switchMap(() => later))],
    ['exhaustMap', () => later.pipe(exhaustMap(() => later))],
    ['expand', () => of(1).pipe(expand((x) => (x < 3 ? timer(1).pipe(map(() => x + 1)) : EMPTY)))],
    ['merge', () => merge(later, three, later)],
    ['concat', () => concat(later, three, later)],
    ['concatWith', () => later.pipe(concatWith(later))],
    ['race', () => race(later, NEVER)],
    ['zipWith', () => later.pipe(zipWith(later))],
    ['defer', () => defer(() => later)],
    ['iif', () => iif(() => true, later, EMPTY)],
    [
      'using',
      () =>
        using(
          () => new Subject(),
          () => later,
        ),
    ],
    ['finalize', () => later.pipe(finalize(() => undefined))],
    ['startWith', () => later.pipe(startWith(0))],
    ['share', () => later.pipe(share())],
    ['connect', () => later.pipe(connect((shared) => merge(shared, shared)))],
    ['subscribeOn', () => later.pipe(subscribeOn(asyncScheduler))],
    ['subscribeOn the queue', () => later.pipe(subscribeOn(queueScheduler))],
    ['observeOn', () => later.pipe(observeOn(asyncScheduler))],
    ['repeat later', () => later.pipe(repeat({ count: 2, delay: 1 }))],
    [
      'retry',
      () =>
        failing.pipe(
          retry(1),
          catchError(() => later),
        ),
    ],
    ['catchError, at once', () => throwError(boom).pipe(catchError(() => later))],
    ['catchError, later', () => failing.pipe(catchError(() => later))],
    [
      'catchError twice',
      () =>
        failing.pipe(
          catchError(() => failing),
          catchError(() => later),
        ),
    ],
    ['timeout with another', () => NEVER.pipe(timeout({ first: 1, with: () => later }))],
    ['onErrorResumeNextWith', () => failing.pipe(onErrorResumeNextWith(later))],
    [
      'windowCount',
      () =>
        later.pipe(
          windowCount(2),
          mergeMap((window) => window),
        ),
    ],
    [
      'groupBy',
      () =>
        later.pipe(
          groupBy((x) => x),
          mergeMap((group) => group),
        ),
    ],
    ['takeUntil', () => interval(1).pipe(takeUntil(timer(5)))],
    [
      'scan and take',
      () =>
        interval(1).pipe(
          scan((sum, x) => sum + x, 0),
          take(3),
        ),
    ],
    ['a promise', () => from(Promise.resolve(1))],
  ];

  it.each(chains)('takes %s for one', async (_, chain) => {
    const sink = new Recorder();
    chain().subscribe(sink);
    await sink.ended;
    expect(sink).toMatchObject({ second: 0, errors: [], hasStream: true, closed: true });
  });

  it.each([
    ['two that have begun', () => NEVER, () => NEVER],
    ['one that has ended', () => of(1), () => NEVER],
    ['two with operators', () => NEVER.pipe(map(text)), () => NEVER.pipe(map(text))],
    ['two shared ones', () => NEVER.pipe(share()), () => NEVER.pipe(share())],
    ['one of two subjects', () => new Subject(), () => new Subject()],
    ['one that was caught', () => throwError(boom).pipe(catchError(() => NEVER)), () => NEVER],
  ] satisfies [string, () => Observable<unknown>, () => Observable<unknown>][])(
    'notices a second stream after %s',
    (_, first, second) => {
      const sink = new Recorder();
      first().subscribe(sink);
      expect(sink.second).toBe(0);
      second().subscribe(sink);
      expect(sink.second).toBe(1);
    },
  );

  it('notices a second stream that comes later, while an operator of the first is there', async () => {
    const sink = new Recorder();
    NEVER.pipe(map(text)).subscribe(sink);
    await Promise.resolve();
    NEVER.subscribe(sink);
    expect(sink.second).toBe(1);
    sink.unsubscribe();
  });

  it('gets the error of its stream once', () => {
    const sink = new Recorder();
    const subject = new Subject();
    subject.pipe(tap(boom)).subscribe(sink);
    subject.next(1);
    expect(sink.errors).toMatchObject([{ message: 'boom' }]);
    expect(sink).toMatchObject({ closed: true, second: 0 });
    expect(subject.observed).toBe(false);
  });

  it('tears the chain above down before it hears of it itself', () => {
    const order: string[] = [];
    const sink = new (class extends Recorder {
      override unsubscribe(): void {
        super.unsubscribe();
        order.push('sink');
      }
    })();
    new Observable(() => () => order.push('source')).pipe(map(text)).subscribe(sink);
    sink.unsubscribe();
    expect(order).toEqual(['source', 'sink']);
  });

  it('forgets the operators that have gone', () => {
    const sink = new Recorder();
    const inner = new Subject<Subscriber<unknown>>();
    const outer = new Subject<number>();
    outer.pipe(switchMap(() => inner)).subscribe(sink);
    for (let i = 0; i < 100; i += 1) outer.next(i);
    expect(Reflect.get(sink, 'upstream')).toHaveProperty('size', 2);
    sink.unsubscribe();
    expect(Reflect.get(sink, 'upstream')).toHaveProperty('size', 0);
  });

  it('knows that nobody has subscribed it', () => {
    const sink = new Recorder();
    sink.next(1);
    sink.add(() => undefined);
    expect(sink.hasStream).toBe(false);
  });
});
