import { describe, expect, it } from '@jest/globals';
import { catchError, EMPTY, map, NEVER, Subject, type Subscription, takeUntil, throwError, timer } from 'rxjs';
import type { RuleStatus } from '../../lib/index.js';
import { mapAsync } from '../../operators/index.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, partsOf } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost({ flushTimeout: 15_000 });
const { counted, echo, file } = partsOf(shared);

describe('an error', () => {
  it('of one branch ends the run; the others stop with flush', async () => {
    const path = newFile();
    const trouble = new Subject<never>();
    const rule = shared.rule(
      (context) => [counted(context).pipe(echo(context)).subscribe(file(context, path)), trouble],
      { restart: 'never' },
    );
    await until(() => linesOf(path).length > 20);
    trouble.error(new Error('no more'));
    expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_USER_FUNCTION' } });
    const { stages, balanced } = rule.ledger();
    expect(balanced).toBe(true);
    const passed = Object.values(stages).map((stage) => stage.passed);
    expect(new Set(passed).size).toBe(1);
    expect(linesOf(path)).toHaveLength(passed[0] ?? 0);
  });

  it('that is caught is nobody else’s', async () => {
    const rule = shared.rule((context) => [
      counted(context, 5),
      throwError(() => new Error('no')).pipe(catchError(() => EMPTY)),
    ]);
    expect((await rule.done).phase).toBe('completed');
  });

  it('of a stream that its body has let go of is nobody’s', async () => {
    const rule = shared.rule(
      (context) => {
        const gone = new Subject<void>();
        const onError = (): never => {
          left.unsubscribe();
          setImmediate(() => gone.complete());
          return fail('late');
        };
        const left: Subscription = counted(context)
          .pipe(mapAsync(() => fail('no'), { onError }))
          .subscribe(file(context));
        return [left, gone];
      },
      { restart: 'never' },
    );
    expect((await rule.done).phase).toBe('completed');
    expect(rule.ledger().balanced).toBe(true);
  });

  it('of a sink restarts the rule', async () => {
    const rule = shared.rule(
      ({ sink, stopping$ }) =>
        NEVER.pipe(takeUntil(stopping$)).subscribe(sink(shared.symbol('file'), { config: { refuse: 'disk full' } })),
      { restart: { delay: 10, maxDelay: 10, attempts: 2 } },
    );
    const seen: RuleStatus[] = [];
    rule.status$.subscribe((status) => seen.push(status));
    const last = await rule.done;
    const error = { code: 'ERR_SYMBOL_REFUSED', message: expect.stringContaining('disk full') };
    expect(last).toMatchObject({ phase: 'failed', error });
    expect(seen.filter(({ phase }) => phase === 'restarting')).toMatchObject([
      { attempt: 1, error },
      { attempt: 2, error },
    ]);
  });

  it('after the first one shows in the events', async () => {
    const rule = shared.rule(() => [throwError(() => new Error('one')), timer(1).pipe(map(() => fail('two')))], {
      restart: 'never',
    });
    const texts: string[] = [];
    rule.events$.subscribe((event) => event.type === 'error' && texts.push(event.error.message));
    expect(await rule.done).toMatchObject({ error: { message: expect.stringContaining('one') } });
    expect(texts).toEqual([expect.stringContaining('two')]);
  });
});

const fail = (text: string): never => {
  throw new Error(text);
};
