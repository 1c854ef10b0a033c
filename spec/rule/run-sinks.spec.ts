import { describe, expect, it } from '@jest/globals';
import {
  catchError,
  concatMap,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  share,
  switchMap,
  tap,
  throwError,
} from 'rxjs';
import type { RuleBody, RuleContext } from '../../lib/index.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';

const shared = sharedHost();
const { counted, file } = partsOf(shared);

describe('a sink with two streams', () => {
  it.each<[string, (context: RuleContext) => ReturnType<RuleBody>]>([
    [
      'one after the other',
      (context) => {
        const sink = file(context);
        counted(context, 3).subscribe(sink);
        return counted(context, 3).subscribe(sink);
      },
    ],
    [
      'in an array',
      (context) => {
        const sink = file(context);
        return [of(1).subscribe(sink), of(2).subscribe(sink)];
      },
    ],
    [
      'from one shared stream',
      (context) => {
        const sink = file(context);
        const values = counted(context, 3).pipe(share());
        return [values.subscribe(sink), values.pipe(map(({ i }) => i)).subscribe(sink)];
      },
    ],
  ])('fails its rule: %s', async (_, body) => {
    const rule = shared.rule(body);
    expect(await rule.done).toMatchObject({
      phase: 'failed',
      error: { code: 'ERR_SINK_SHARED', message: expect.stringContaining('use merge for one sink, or two sinks') },
    });
    expect(rule.ledger().balanced).toBe(true);
  });

  it.each<[string, (context: RuleContext) => Observable<unknown>]>([
    ['merge', (context) => merge(counted(context, 2), counted(context, 2))],
    ['concatMap', (context) => of(1, 2).pipe(concatMap(() => counted(context, 2)))],
    ['switchMap', (context) => counted(context, 4).pipe(switchMap((value) => of(value)))],
    ['mergeMap', (context) => counted(context, 2).pipe(mergeMap((value) => [value, value]))],
    [
      'catchError',
      (context) =>
        counted(context, 2).pipe(
          concatMap((value) => (value.i === 1 ? throwError(() => 'no') : of(value))),
          catchError(() => counted(context, 3)),
        ),
    ],
  ])('has one where they are joined by %s', async (_, stream) => {
    const path = newFile();
    const rule = shared.rule((context) => stream(context).subscribe(file(context, path)));
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toHaveLength(4);
  });
});

describe('a sink that only an operator uses', () => {
  it('ends with the branches, and all that it got is there', async () => {
    const path = newFile();
    const rule = shared.rule((context) => {
      const late = file(context, path);
      return counted(context, 5).pipe(tap((value) => late.next(value)));
    });
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual(zeroTo(5));
  });

  it('does not make a stop wait', async () => {
    const rule = shared.rule((context) => {
      file(context);
      return counted(context);
    });
    await statusOf(rule, 'running');
    expect(await rule.stop({ timeout: 15_000 })).toEqual({ drained: true, dropped: {} });
  });

  it('is waited for when the body returns it', async () => {
    const path = newFile();
    const rule = shared.rule((context) => {
      const sink = file(context, path);
      setTimeout(() => (sink.next(1), sink.complete()), 20);
      return sink;
    });
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual([1]);
  });
});
