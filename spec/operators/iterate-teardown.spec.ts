import { describe, expect, it } from '@jest/globals';
import { concat, finalize, NEVER, type Observable, of, Subject } from 'rxjs';
import { iterate } from '../../operators/index.js';
import { recordStages } from '../helpers/record-stages.js';
import { expectNoRejections } from '../helpers/rejections.js';

const done = { done: true, value: undefined };
const broken = (): never => {
  throw new Error('broken');
};

expectNoRejections();

describe('an iteration over a stream whose teardown throws', () => {
  const start = (stream: Observable<number>, signal?: AbortSignal) => {
    const { stages, changes, withRule } = recordStages();
    const loop = iterate(stream.pipe(finalize(broken)), { high: 0, ...(signal && { signal }) });
    const first = withRule(() => loop.next());
    return { loop, first, changes, stage: () => stages[0] };
  };
  const message = expect.objectContaining({ message: expect.stringContaining('broken') });

  it('throws it where the loop is left, with everything counted', async () => {
    const { loop, first, changes, stage } = start(concat(of(1, 2, 3), NEVER));
    await first;

    await expect(loop.return?.()).rejects.toEqual(message);
    expect(stage()?.counts()).toMatchObject({ received: 3, dropped: { stopped: 2 }, inFlight: 0 });
    expect(changes).toEqual(['iterate full', 'iterate content']);
    expect(await loop.next()).toEqual(done);
  });

  it('throws it at the end of the stream', async () => {
    const source = new Subject<number>();
    const { loop, first } = start(source);
    source.next(1);
    source.complete();

    expect(await first).toEqual({ done: false, value: 1 });
    await expect(loop.next()).rejects.toEqual(message);
    expect(await loop.next()).toEqual(done);
  });

  it('throws the error of the stream rather than it', async () => {
    const source = new Subject<number>();
    const { first } = start(source);
    source.error('first');

    await expect(first).rejects.toBe('first');
  });

  it('throws it to who waits when its signal is aborted', async () => {
    const aborter = new AbortController();
    const { loop, first } = start(NEVER, aborter.signal);
    aborter.abort();

    await expect(first).rejects.toEqual(message);
    expect(await loop.next()).toEqual(done);
  });

  it('throws it to who asks next when its signal is aborted while nobody waits', async () => {
    const aborter = new AbortController();
    const { loop, first } = start(concat(of(1), NEVER), aborter.signal);
    await first;
    aborter.abort();

    await expect(loop.next()).rejects.toEqual(message);
    expect(await loop.next()).toEqual(done);
  });
});
