import { describe, expect, it } from '@jest/globals';
import {
  catchError,
  concatMap,
  defaultIfEmpty,
  defer,
  delayWhen,
  EMPTY,
  groupBy,
  mergeMap,
  NEVER,
  of,
  type OperatorFunction,
  Subject,
  take,
} from 'rxjs';
import { currentScope } from '../../lib/stage.js';
import { mapAsync, queued, tumbling } from '../../operators/index.js';
import { HandClock } from '../helpers/hand-clock.js';
import { recordStages } from '../helpers/record-stages.js';

/** What makes the operator emit, from outside of its rule. */
type Fire = (notes: { readonly socket: Subject<number>; readonly clock: HandClock }) => void;
type Make = (notes: {
  readonly socket: Subject<number>;
  readonly clock: HandClock;
}) => OperatorFunction<number, unknown>;

const answers: Fire = ({ socket }) => socket.next(1);
const fails: Fire = ({ socket }) => socket.error('broken');
const ends: Fire = ({ socket }) => socket.complete();
const at = (value: number): number => value;
/** Emits in the place of a stream that ends, so that each end is one value. */
const then = defer(() => of('then'));

const rows: Record<string, [Make, Fire]> = {
  'mapAsync, the first value': [({ socket }) => mapAsync(() => socket), answers],
  'mapAsync, the value after it': [
    ({ socket }) => mapAsync((_, index) => (index === 0 ? socket.pipe(mergeMap(() => EMPTY)) : defer(() => of(1)))),
    ends,
  ],
  'mapAsync, onError': [({ socket }) => mapAsync(() => socket, { onError: () => 1 }), fails],
  'mapAsync, a project that is late': [
    ({ clock }) => mapAsync(() => NEVER, { timeout: 5, scheduler: clock, onError: () => 1 }),
    ({ clock }) => clock.advance(5),
  ],
  'mapAsync, its error': [
    ({ socket }) =>
      (source) =>
        source.pipe(
          mapAsync(() => socket),
          catchError(() => then),
        ),
    fails,
  ],
  'mapAsync, its end': [
    ({ socket }) =>
      (source) =>
        source.pipe(
          take(1),
          mapAsync(() => socket),
          defaultIfEmpty('then'),
        ),
    ends,
  ],
  queued: [({ socket }) => queued(delayWhen(() => socket)), answers],
  'queued, its error': [
    ({ socket }) =>
      (source) =>
        source.pipe(
          queued(concatMap(() => socket)),
          catchError(() => then),
        ),
    fails,
  ],
  'tumbling, by its watermark': [
    ({ socket }) => tumbling(1, { at, watermark: socket }),
    ({ socket }) => socket.next(9),
  ],
  'tumbling, an error of its watermark': [
    ({ socket }) =>
      (source) =>
        source.pipe(
          tumbling(1, { at, watermark: socket }),
          catchError(() => then),
        ),
    fails,
  ],
  'tumbling, by its clock': [({ clock }) => tumbling(5, { scheduler: clock }), ({ clock }) => clock.advance(5)],
  'tumbling, a function that throws by its clock': [
    ({ clock }) =>
      (source) =>
        source.pipe(
          tumbling(5, { scheduler: clock, aggregate: { bad: { init: () => 0, add: at, result: broken } } }),
          catchError(() => then),
        ),
    ({ clock }) => clock.advance(5),
  ],
};

describe('what follows an operator that emits later', () => {
  describe.each(['no rule', 'another rule'])('is in the rule of that operator, fired in %s', (where) => {
    it.each(Object.entries(rows))('%s', (_, [make, fire]) => {
      const rule = recordStages();
      const notes = { socket: new Subject<number>(), clock: new HandClock() };
      const [source, scopes] = [new Subject<number>(), [] as unknown[]];
      const followed = source.pipe(
        make(notes),
        mergeMap(() => defer(() => of(currentScope()))),
      );
      rule.inRule(followed).subscribe((scope) => scopes.push(scope));
      rule.withRule(() => [1, 2].forEach((value) => source.next(value)));
      expect(scopes).toEqual([]);

      if (where === 'no rule') fire(notes);
      else recordStages().withRule(() => fire(notes));
      expect(scopes.length).toBeGreaterThan(0);
      expect(new Set(scopes)).toEqual(new Set([rule.withRule(currentScope)]));
    });
  });

  it('counts in the ledger of that rule', () => {
    const [rule, other] = [recordStages(), recordStages()];
    const [source, replies] = [new Subject<number>(), new Subject<number>()];
    const stream = source.pipe(
      mapAsync(() => replies),
      groupBy((reply) => reply % 2),
      mergeMap((group) => group.pipe(tumbling(1_000, { scheduler: new HandClock() }))),
    );
    rule.inRule(stream).subscribe();
    rule.withRule(() => source.next(1));
    other.withRule(() => replies.next(1));
    expect(rule.stages.map(({ name }) => name)).toEqual(['mapAsync', 'tumbling']);
    expect(other.stages).toEqual([]);
  });
});

describe('the next project', () => {
  it('is in the rule of its operator, whoever ends the one before it', () => {
    const rule = recordStages();
    const [source, socket, scopes] = [new Subject<number>(), new Subject<number>(), [] as unknown[]];
    rule.inRule(source.pipe(mapAsync(() => (scopes.push(currentScope()), socket)))).subscribe();
    rule.withRule(() => [1, 2].forEach((value) => source.next(value)));
    socket.next(1);
    expect(scopes).toEqual([rule.withRule(currentScope), rule.withRule(currentScope)]);
  });
});

function broken(): never {
  throw new Error('broken');
}
