import { describe, expect, it } from '@jest/globals';
import { from, map, mergeMap, of, range, tap } from 'rxjs';
import { partsOf } from '../helpers/parts.js';
import { callsTo } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';

const shared = sharedHost();
const { counted, echo } = partsOf(shared);

/** What the plugin was told of the places of a rule's calls: how many calls came from each. */
function places(ruleId: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { func, arg } of callsTo(shared.plugin.dir, 'echo')) {
    if (func !== 'Exec') continue;
    const context = JSON.parse((arg as unknown[]).at(-1) as string) as {
      readonly ruleId: string;
      readonly opId: string;
    };
    if (context.ruleId === ruleId) counts.set(context.opId, (counts.get(context.opId) ?? 0) + 1);
  }
  return counts;
}

describe('the place of a call', () => {
  it('is each call that the body makes, the same in each run', async () => {
    let runs = 0;
    const rule = shared.rule(
      (context) => {
        runs += 1;
        return from([{ i: 0 }, { i: 1 }]).pipe(
          echo(context),
          echo(context),
          tap(({ i }) => i === 1 && runs < 3 && boom()),
        );
      },
      { restart: { delay: 5, maxDelay: 5, attempts: 5 } },
    );
    expect((await rule.done).phase).toBe('completed');
    expect(runs).toBe(3);
    expect([...places(rule.id).values()]).toEqual([6, 6]);
  });

  it('is one for each function where calls are made for each value', async () => {
    const rule = shared.rule((context) => [
      counted(context, 40).pipe(
        mergeMap((value) => of(value).pipe(echo(context))),
        echo(context),
        mergeMap((value) => of(value).pipe(echo(context))),
      ),
      range(0, 30).pipe(
        map((i) => ({ i })),
        mergeMap((value) => of(value).pipe(echo(context))),
      ),
    ]);
    expect((await rule.done).phase).toBe('completed');
    expect([...places(rule.id).values()].sort()).toEqual([110, 40]);
  });

  it('is bounded where a body calls for each value, before it returns', async () => {
    const rule = shared.rule((context) => {
      const calls = Array.from({ length: 100 }, (_, i) => of({ i }).pipe(echo(context)));
      return from(calls).pipe(mergeMap((call) => call));
    });
    expect((await rule.done).phase).toBe('completed');
    const counts = [...places(rule.id).values()];
    expect(counts).toHaveLength(65);
    expect(Math.max(...counts)).toBe(36);
  });
});

const boom = (): never => {
  throw new Error('boom');
};
