import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, finalize, NEVER, type Observable, of, Subject, throwError } from 'rxjs';
import { iterate, type IterateOptions } from '../../operators/index.js';
import { recordStages } from '../helpers/record-stages.js';
import { expectNoRejections } from '../helpers/rejections.js';

const thrown = new Error('broken');
const done = { done: true, value: undefined };
const broken = (): never => {
  throw thrown;
};

expectNoRejections();

/** A stream of 1, 2 and 3, the count of its teardowns, and its stage. */
function start(rest: Observable<never> = NEVER) {
  const { stages, changes, withRule, cut } = recordStages();
  const torn: string[] = [];
  const stream = concat(of(1, 2, 3), rest).pipe(finalize(() => torn.push('torn down')));
  const stage = () => stages[0];
  return {
    stream,
    torn,
    changes,
    stage,
    withRule,
    cut,
    iteration: (options?: IterateOptions) => iterate(stream, options),
  };
}

describe('an iteration is left', () => {
  const stopped = { received: 3, passed: 1, dropped: { stopped: 2 }, inFlight: 0 };

  it('by break', async () => {
    const { torn, changes, stage, withRule, iteration } = start();
    await withRule(async () => {
      for await (const one of iteration({ high: 1 })) if (one === 1) break;
    });

    expect([torn, changes]).toEqual([['torn down'], ['iterate full', 'iterate content']]);
    expect(stage()?.counts()).toMatchObject(stopped);
    expect(stage()?.ended).toBe(true);
  });

  it('by what the loop throws', async () => {
    const { torn, stage, withRule, iteration } = start();
    const run = withRule(async () => {
      for await (const _ of iteration()) broken();
    });

    await expect(run).rejects.toBe(thrown);
    expect(torn).toEqual(['torn down']);
    expect(stage()?.counts()).toMatchObject(stopped);
  });

  it('by await using', async () => {
    const { torn, stage, withRule, iteration } = start();
    await withRule(async () => {
      await using used = iteration();
      expect(await used.next()).toEqual({ done: false, value: 1 });
      expect(torn).toEqual([]);
    });

    expect(torn).toEqual(['torn down']);
    expect(stage()?.counts()).toMatchObject(stopped);
  });

  it('by return, once and for all: who waits, and who asks later, is told that it is over', async () => {
    const { torn, iteration } = start();
    const loop = iteration();
    for (let i = 0; i < 3; i += 1) await loop.next();
    const waiting = [loop.next(), loop.next()];

    expect(await loop.return?.()).toEqual(done);
    expect(await Promise.all(waiting)).toEqual([done, done]);
    expect(await loop.return?.()).toEqual(done);
    expect(await loop.next()).toEqual(done);
    expect(torn).toEqual(['torn down']);
  });

  it('with what it has not come to: the error of the stream is told nobody', async () => {
    const { iteration } = start(throwError(() => thrown));
    const loop = iteration();
    await loop.next();

    expect(await loop.return?.()).toEqual(done);
    expect(await loop.next()).toEqual(done);
  });

  it('by its signal, while it waits', async () => {
    const { torn, stage, withRule, iteration } = start();
    const aborter = new AbortController();
    const loop = iteration({ signal: aborter.signal });
    await withRule(() => loop.next());
    await loop.next();
    await loop.next();
    const waiting = loop.next();
    aborter.abort();

    expect(await waiting).toEqual(done);
    expect(torn).toEqual(['torn down']);
    expect(stage()?.counts()).toMatchObject({ received: 3, passed: 3, inFlight: 0 });
  });

  it('by its signal, with what waits', async () => {
    const { stage, withRule, iteration } = start();
    const aborter = new AbortController();
    const seen: number[] = [];
    await withRule(async () => {
      for await (const one of iteration({ signal: aborter.signal })) {
        seen.push(one);
        aborter.abort();
      }
    });

    expect(seen).toEqual([1]);
    expect(stage()?.counts()).toMatchObject(stopped);
    expect(stage()?.ended).toBe(true);
  });

  it('by a signal that is aborted already, before it subscribes', async () => {
    const { torn, iteration } = start();

    expect(await iteration({ signal: AbortSignal.abort() }).next()).toEqual(done);
    expect(torn).toEqual([]);
  });

  it('by the cut of its rule, with what waits', async () => {
    const { torn, stage, withRule, cut, iteration } = start();
    const seen: number[] = [];
    await withRule(async () => {
      for await (const one of iteration()) {
        seen.push(one);
        cut();
        expect(torn).toEqual(['torn down']);
      }
    });

    expect(seen).toEqual([1]);
    expect(stage()?.counts()).toMatchObject(stopped);
    expect(stage()?.ended).toBe(true);
  });

  it('by a rule that is cut already, before it subscribes', async () => {
    const { torn, stage, withRule, cut, iteration } = start();
    cut();

    expect(await withRule(() => iteration().next())).toEqual(done);
    expect([torn, stage()?.counts().received, stage()?.ended]).toEqual([[], 0, true]);
  });

  it.each<[string, Observable<never>]>([
    ['completed', EMPTY],
    ['failed', throwError(() => thrown)],
  ])('by its signal, or the cut of its rule, with what waits of a stream that has %s', async (_, rest) => {
    const { stage, withRule, cut, iteration } = start(rest);
    for (const end of ['signal', 'cut']) {
      const aborter = new AbortController();
      const loop = iteration({ signal: aborter.signal });
      expect(await withRule(() => loop.next())).toEqual({ done: false, value: 1 });
      if (end === 'cut') cut();
      else aborter.abort();
      expect(await loop.next()).toEqual(done);
    }
    expect(stage()?.counts()).toMatchObject(stopped);
  });

  it.each<[string, (loop: AsyncIterableIterator<number>, source: Subject<number>) => unknown]>([
    ['is left', (loop) => loop.return?.()],
    ['completes', (_, source) => source.complete()],
    ['fails', (_, source) => source.error(thrown)],
  ])('and listens to its signal no longer when it %s', async (_, act) => {
    const aborter = new AbortController();
    let listeners = 0;
    const { signal } = aborter;
    const signalOf = {
      aborted: false,
      addEventListener: (...args: Parameters<AbortSignal['addEventListener']>) => {
        listeners += 1;
        signal.addEventListener(...args);
      },
      removeEventListener: (...args: Parameters<AbortSignal['removeEventListener']>) => {
        listeners -= 1;
        signal.removeEventListener(...args);
      },
    } as unknown as AbortSignal;
    const source = new Subject<number>();
    const loop = iterate(source, { signal: signalOf });
    const first = loop.next().catch(() => undefined);
    expect(listeners).toBe(1);
    await act(loop, source);
    await first;
    expect(listeners).toBe(0);
  });
});
