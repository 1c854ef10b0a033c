import { expect, it } from '@jest/globals';
import { of, type Observable } from 'rxjs';
import { type AnyAggregate, tumbling, type Values, type Window, type WindowOptions } from '../../operators/index.js';

interface Reading {
  readonly t: number;
  readonly line: string;
}
const readings = of<Reading>({ t: 1, line: 'a' });
const count = { init: () => 0, add: (n: number) => n + 1, result: (n: number) => n };
const lines = {
  init: () => new Set<string>(),
  add: (seen: Set<string>, { line }: Reading) => seen.add(line),
  result: (seen: Set<string>) => [...seen],
};

// Compiled by `npm run typecheck`; that it compiles is the expectation.
it('infers values, keys and results in a pipe', () => {
  const plain: Observable<Window & Values<Reading>> = readings.pipe(tumbling(10));
  const keyed: Observable<Window<string> & Values<Reading>> = readings.pipe(
    tumbling(10, { at: ({ t }) => t, key: ({ line }) => line, late: ({ line }) => line }),
  );
  const folded: Observable<Window<string> & { readonly count: number; readonly lines: string[] }> = readings.pipe(
    tumbling(10, { at: ({ t }) => t, key: ({ line }) => line, aggregate: { count, lines } }),
  );
  const options: WindowOptions<Reading, string> = { key: ({ line }) => line };
  const prepared: Observable<Window<string> & Values<Reading>> = readings.pipe(tumbling(10, options));

  // @ts-expect-error: an aggregate of other values
  of(1).pipe(tumbling(10, { aggregate: { lines } }));
  // @ts-expect-error: no values next to results
  const both: Observable<Values<Reading>> = readings.pipe(tumbling(10, { aggregate: { count } }));
  const bare = { init: () => 0, add: (n) => n, result: (n) => n } satisfies AnyAggregate<Reading>;
  // @ts-expect-error: its state has no type, and so its result has none
  const untyped: Observable<{ readonly bare: string }> = readings.pipe(tumbling(10, { aggregate: { bare } }));

  expect([plain, keyed, folded, prepared, both, untyped]).toHaveLength(6);
});
