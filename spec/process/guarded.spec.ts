import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, map, type Observable, of, Subject, take, throwError, toArray } from 'rxjs';
import { guarded } from '../../lib/process/guarded.js';

const boom = (): never => {
  throw new Error('boom');
};

function guardedOf<T>(stream: Observable<T>): { stream: Observable<T>; thrown: unknown[] } {
  const thrown: unknown[] = [];
  return { stream: guarded(stream, (cause) => thrown.push(cause)), thrown };
}

describe('a guarded stream', () => {
  it.each<[string, (stream: Observable<number>) => void]>([
    ['a function', (stream) => stream.subscribe(boom)],
    ['next', (stream) => stream.subscribe({ next: boom })],
    ['complete', (stream) => stream.subscribe({ complete: boom })],
    ['a complete of the old form', (stream) => stream.subscribe(undefined, undefined, boom)],
    [
      'a function behind operators',
      (stream) =>
        stream
          .pipe(
            map((value) => `${value}`),
            take(1),
          )
          .subscribe(boom),
    ],
    ['an operator without an error handler', (stream) => stream.pipe(map(boom)).subscribe()],
    ['the error handler of an operator', (stream) => stream.pipe(map(boom)).subscribe({ error: boom })],
  ])('tells what %s throws', (_, subscribe) => {
    const { stream, thrown } = guardedOf(of(1));
    subscribe(stream);
    expect(thrown).toMatchObject([{ message: 'boom' }]);
  });

  it('tells an error that no subscriber handles', () => {
    const { stream, thrown } = guardedOf(throwError(() => 'no'));
    stream.subscribe();
    stream.subscribe({ error: () => undefined });
    expect(thrown).toEqual(['no']);
  });

  it('goes on after a value whose subscriber threw, as rxjs does', () => {
    const { stream, thrown } = guardedOf(of(1, 2, 3));
    const seen: number[] = [];
    stream.subscribe((value) => (seen.push(value), boom()));
    expect(seen).toEqual([1, 2, 3]);
    expect(thrown).toHaveLength(3);
  });

  it('is the stream for operators, promises and subjects', async () => {
    const { stream, thrown } = guardedOf(of(1, 2, 3));
    const subject = new Subject<number>();
    const copied = lastValueFrom(subject.pipe(toArray()));
    stream.subscribe(subject);
    expect(await copied).toEqual([1, 2, 3]);
    expect(await firstValueFrom(stream.pipe(map((x) => x * 2)))).toBe(2);
    await expect(lastValueFrom(stream.pipe(map(boom)))).rejects.toThrow('boom');
    expect(thrown).toEqual([]);
  });

  it('keeps `this` of the observer, and unsubscribes', () => {
    const subject = new Subject<number>();
    const { stream } = guardedOf(subject);
    class Adder {
      sum = 0;
      next(value: number): void {
        this.sum += value;
      }
    }
    const adder = new Adder();
    const subscription = stream.pipe(map((x) => x)).subscribe(adder);
    subject.next(2);
    subscription.unsubscribe();
    expect(subject.observed).toBe(false);
    subject.next(3);
    expect(adder.sum).toBe(2);
  });
});
