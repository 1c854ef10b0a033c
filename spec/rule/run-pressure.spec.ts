import { describe, expect, it } from '@jest/globals';
import { isObservable, NEVER, type Observable, of, Subject, switchMap, takeUntil, throwError } from 'rxjs';
import { LedgerBook } from '../../lib/rule/ledger.js';
import { RuleRun } from '../../lib/rule/run.js';
import type { SymbolEvent } from '../../lib/symbol/owner.js';
import { iterate, mapAsync, queued, type QueuedOptions } from '../../operators/index.js';
import { HandClock } from '../helpers/hand-clock.js';

/** A run with one plugin source, and what that source and the rule were told. */
function start(body: (clock: HandClock) => Observable<unknown>) {
  const log: string[] = [];
  const events: SymbolEvent[] = [];
  const clock = new HandClock();
  const book = new LedgerBook();
  const heard = { event: (_: SymbolEvent): void => undefined };
  const run = new RuleRun({
    ruleId: 'r',
    clock,
    opId: () => 'o',
    callId: () => 'c',
    stage: (kind, name, depth, hooks) => book.stage(kind, name, depth, hooks),
    report: (event) => {
      events.push(event);
      heard.event(event);
    },
    missing: () => undefined,
    failed: (error) => log.push(error.code),
  });
  const over = Promise.resolve();
  const place = run.running({
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
    stop: () => ({ read: over, ended: over }),
    complete: () => undefined,
  });
  run.build(() => body(clock));
  return { run, log, events, book, clock, heard, place };
}

const failing = (): never => {
  throw new Error('broken');
};

const fill = (values: Subject<number>, count: number): void => {
  for (let n = 0; n < count; n += 1) values.next(n);
};

describe('an operator with a queue, in a run', () => {
  it.each<[string, (values: Observable<number>) => Observable<unknown>]>([
    ['mapAsync', mapAsync(() => NEVER, { high: 3 })],
    [
      'queued',
      queued(
        switchMap(() => NEVER),
        { high: 3 },
      ),
    ],
  ])('pauses the sources, and is told and counted: %s', (name, operator) => {
    const values = new Subject<number>();
    const { log, events, book } = start(() => operator(values));
    fill(values, 5);

    expect(log).toEqual(['pause']);
    expect(events).toEqual([{ type: 'paused', symbol: `queue ${name}`, count: 1, at: 0 }]);
    expect(book.read()).toMatchObject({ balanced: true, stages: { [`queue ${name}`]: { inFlight: 5 } } });
  });

  it.each<[string, (values: Observable<number>) => unknown]>([
    ['mapAsync', (values) => values.pipe(mapAsync(() => NEVER, { high: 3 }))],
    ['iterate', (values) => iterate(values, { high: 3 }).next()],
    [
      'queued',
      (values) =>
        values.pipe(
          queued(
            switchMap(() => NEVER),
            { high: 3, timeout: Infinity },
          ),
        ),
    ],
  ])('is told of when nothing has come of it for a minute: %s', (name, use) => {
    const values = new Subject<number>();
    const { events, clock, run } = start(() => {
      const used = use(values);
      return isObservable(used) ? used : NEVER;
    });
    fill(values, 5);
    clock.advance(59_999);
    expect(events.map(({ type }) => type)).toEqual(['paused']);
    clock.advance(1);
    const held = name === 'iterate' ? 4 : 5;
    const message =
      `${name} holds ${held} values, the sources of the rule wait for it, and nothing has come of any for 60000 ms: ` +
      'it waits for something slow, or for another source of this rule, which is held back as well: then give it high: Infinity';
    const error = expect.objectContaining({ code: 'ERR_STAGE_STALLED', message });
    expect(events.slice(1)).toEqual([{ type: 'stalled', symbol: `queue ${name}`, error, at: 60_000 }]);
    clock.advance(1e6);
    expect(events).toHaveLength(2);
    run.cut();
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });

  it.each<[string, QueuedOptions, (started: ReturnType<typeof start>, values: Subject<number>) => void]>([
    ['for few values of a source of large ones', {}, ({ place }, values) => (place.size(1_048_576), fill(values, 16))],
    [
      'alone, between its marks, once another stage was full',
      { high: 8, low: 2 },
      ({ run }, values) => {
        const other = run.gauge('sink file', { high: 1, low: 0 });
        fill(values, 3);
        other.set(2);
        other.set(0);
      },
    ],
  ])('fails when it keeps what it gets, and holds them %s', (_, options, come) => {
    const values = new Subject<number>();
    const keep = switchMap(() => NEVER);
    const started = start((scheduler) => values.pipe(queued(keep, { ...options, scheduler })));
    come(started, values);
    started.clock.advance(59_999);
    expect(started.log).toEqual(['pause']);
    started.clock.advance(1);
    expect(started.log).toEqual(['pause', 'ERR_STAGE_STALLED', 'resume']);
  });

  it('is told of again when something has come of it since', () => {
    const [values, projects] = [new Subject<number>(), [] as Subject<number>[]];
    const project = (n: number): Subject<number> => (projects[n] = new Subject());
    const { events, clock } = start(() => values.pipe(mapAsync(project, { high: 3, low: 0, onError: 'drop' })));
    fill(values, 8);
    clock.advance(120_000);
    // One that fails is one that moves.
    projects[0]?.error('broken');
    clock.advance(120_000);
    expect(events.map(({ type }) => type)).toEqual(['paused', 'stalled', 'error', 'stalled']);
  });

  it('is not told of where there is no source to hold back', () => {
    const values = new Subject<number>();
    const { events, clock, place } = start(() => values.pipe(mapAsync(() => NEVER, { high: 3 })));
    place.left();
    fill(values, 5);
    clock.advance(1e6);
    expect(events.map(({ type }) => type)).toEqual(['paused']);
  });

  it('is not told of while it is slow', () => {
    const [values, projects] = [new Subject<number>(), [] as Subject<number>[]];
    const project = (n: number): Subject<number> => (projects[n] = new Subject());
    const { events, clock } = start(() => values.pipe(mapAsync(project, { high: 3, low: 0 })));
    fill(values, 20);
    for (const one of projects) {
      clock.advance(59_000);
      one.next(0);
    }
    expect(events.map(({ type }) => type)).toEqual(['paused']);
  });

  it('pauses them while its loop is slower', async () => {
    const values = new Subject<number>();
    const loops: AsyncIterableIterator<number>[] = [];
    const { log } = start(() => {
      loops.push(iterate(values, { high: 3, low: 3 }));
      void loops[0]?.next();
      return NEVER;
    });
    fill(values, 5);
    expect(log).toEqual(['pause']);
    await loops[0]?.next();
    expect(log).toEqual(['pause', 'resume']);
  });

  it('holds them no longer when it has ended', () => {
    const [values, shed] = [new Subject<number>(), new Subject<void>()];
    const { log, book } = start(() =>
      values.pipe(
        mapAsync(() => NEVER, { high: 3 }),
        takeUntil(shed),
      ),
    );
    fill(values, 5);
    shed.next();

    expect(log).toEqual(['pause', 'resume']);
    expect(book.read()).toMatchObject({ balanced: true, stages: { 'queue mapAsync': { dropped: { stopped: 5 } } } });
  });

  it('holds them no longer when the run is cut', () => {
    const values = new Subject<number>();
    const { run, log } = start(() => values.pipe(mapAsync(() => NEVER, { high: 3 })));
    fill(values, 5);
    run.cut();

    expect([log, values.observed]).toEqual([['pause', 'resume'], false]);
  });

  it('holds them no longer when who hears of the pause ends it', () => {
    const [values, shed] = [new Subject<number>(), new Subject<void>()];
    const { log, heard } = start(() =>
      values.pipe(
        takeUntil(shed),
        mapAsync(() => NEVER, { high: 3 }),
        takeUntil(shed),
      ),
    );
    heard.event = () => shed.next();
    fill(values, 5);

    expect(log).toEqual(['pause', 'resume']);
  });

  it('tells what it drops, as a sum', () => {
    const values = new Subject<number>();
    const { events, clock } = start(() => values.pipe(mapAsync(() => NEVER, { size: 2, high: Infinity })));
    fill(values, 6);
    clock.advance(1_000);

    const dropped = (count: number, at: number) => ({
      type: 'dropped',
      symbol: 'mapAsync',
      reason: 'overflow',
      count,
      at,
    });
    expect(events).toEqual([dropped(1, 0), dropped(2, 1_000)]);
  });

  it.each<['drop' | 'fail' | (() => number), string[], string[]]>([
    ['drop', ['mapAsync ERR_USER_FUNCTION', 'mapAsync ERR_USER_FUNCTION'], []],
    ['fail', ['mapAsync ERR_USER_FUNCTION'], ['ERR_USER_FUNCTION']],
    [() => failing(), ['mapAsync ERR_USER_FUNCTION'], ['ERR_USER_FUNCTION']],
    [() => 0, [], []],
  ])('tells of each value that fails, unless another takes its place: onError %p', (onError, told, ended) => {
    const values = new Subject<number>();
    const project = (n: number): Observable<number> => (n % 2 === 0 ? of(n) : throwError(() => 'odd'));
    const { events, book, log } = start(() => values.pipe(mapAsync(project, { onError })));
    fill(values, 4);

    expect(events.map((event) => event.type === 'error' && `${event.symbol} ${event.error.code}`)).toEqual(told);
    expect(log).toEqual(ended);
    const failed = told.length === 0 ? {} : { ERR_USER_FUNCTION: told.length };
    expect(book.read()).toMatchObject({ balanced: true, stages: { 'queue mapAsync': { failed } } });
  });
});
