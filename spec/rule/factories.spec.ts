import { describe, expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { map, type Observable, type OperatorFunction, type Subscription } from 'rxjs';
import type { RuleContext, Sink, Source, Tuple } from '../../lib/index.js';

interface Reading {
  readonly kelvin: number;
}

/** True when both types are the same, which the compiler checks. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(proof: Same<A, B>): void => expect(proof).toBe(true);

/** Never called: its types are the spec. */
function body({ source, call, sink, stopping$ }: RuleContext): readonly (Subscription | Observable<unknown>)[] {
  const Codec = t.type({ kelvin: t.number });
  const claimed = source<Reading>('thermo');
  const checked = source('thermo', { decode: Codec, confKey: 'fast' });
  const unknown = source('thermo', { dataSource: 'line/1' });
  same<typeof claimed, Source<Reading>>(true);
  same<typeof checked, Source<{ kelvin: number }>>(true);
  same<typeof unknown, Source<unknown>>(true);
  same<typeof claimed.tuples, Observable<Tuple<Reading>>>(true);

  const joined = claimed.pipe(
    call(
      'celsius',
      (r) => [r.kelvin],
      (r, celsius: number) => ({ ...r, celsius }),
    ),
  );
  same<typeof joined, Observable<{ celsius: number; kelvin: number }>>(true);
  const bare = claimed.pipe(call('celsius', (r) => [r.kelvin]));
  same<typeof bare, Observable<unknown>>(true);
  const decoded = claimed.pipe(call('celsius', (r) => [r.kelvin], { decode: t.number, timeout: 100 }));
  same<typeof decoded, Observable<number>>(true);
  const substituted = claimed.pipe(
    call(
      'celsius',
      (r) => [r.kelvin],
      (_, celsius: number) => celsius,
      { onError: () => 'none' as const },
    ),
  );
  same<typeof substituted, Observable<number | 'none'>>(true);
  const operator: OperatorFunction<Reading, unknown> = call('celsius', (r: Reading) => [r.kelvin]);

  const alarms = sink<Reading>('alarm');
  same<typeof alarms, Sink<Reading>>(true);
  // @ts-expect-error a sink of readings takes no strings
  claimed.pipe(map(() => 'text')).subscribe(alarms);
  const branch: Subscription = claimed.subscribe(sink('alarm', { config: { file: 'alarms.ndjson' } }));
  return [branch, claimed.pipe(operator), stopping$];
}

describe('the factories of a rule', () => {
  it('carry the types from a source to its sink', () => {
    expect(body).toBeInstanceOf(Function);
  });
});
