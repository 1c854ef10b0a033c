import { describe, expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { map, NEVER, type Observable, type OperatorFunction, type Subscription } from 'rxjs';
import type { Host, RuleContext, Shared, Sink, Source, Tuple } from '../../lib/index.js';

interface Reading {
  readonly kelvin: number;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The compiler checks that `value` has exactly the type `B`. */
const is =
  <B>() =>
  <A>(value: A, _proof: Same<A, B>): A =>
    value;

/** Never called: its types are the spec. */
function body({ source, call, sink, stopping$ }: RuleContext): readonly (Subscription | Observable<unknown>)[] {
  const Codec = t.type({ kelvin: t.number });
  const claimed = source<Reading>('thermo');
  const checked = source('thermo', { decode: Codec, confKey: 'fast' });
  const unknown = source('thermo', { dataSource: 'line/1' });
  is<Source<Reading>>()(claimed, true);
  is<Source<{ kelvin: number }>>()(checked, true);
  is<Source<unknown>>()(unknown, true);
  is<Observable<Tuple<Reading>>>()(claimed.tuples, true);

  const joined = claimed.pipe(
    call(
      'celsius',
      (r) => [r.kelvin],
      (r, celsius: number) => ({ ...r, celsius }),
    ),
  );
  is<Observable<{ celsius: number; kelvin: number }>>()(joined, true);
  const bare = claimed.pipe(call('celsius', (r) => [r.kelvin]));
  is<Observable<unknown>>()(bare, true);
  const decoded = claimed.pipe(call('celsius', (r) => [r.kelvin], { decode: t.number, timeout: 100 }));
  is<Observable<number>>()(decoded, true);
  const substituted = claimed.pipe(
    call(
      'celsius',
      (r) => [r.kelvin],
      (_, celsius: number) => celsius,
      { onError: () => 'none' as const },
    ),
  );
  is<Observable<number | 'none'>>()(substituted, true);
  const operator: OperatorFunction<Reading, unknown> = call('celsius', (r: Reading) => [r.kelvin]);

  const alarms = sink<Reading>('alarm');
  is<Sink<Reading>>()(alarms, true);
  // @ts-expect-error a sink of readings takes no strings
  claimed.pipe(map(() => 'text')).subscribe(alarms);
  const branch: Subscription = claimed.subscribe(sink('alarm', { config: { file: 'alarms.ndjson' } }));
  return [branch, claimed.pipe(operator), stopping$];
}

/** Never called, either. */
function shares(host: Host): void {
  const readings = host.share('readings', ({ source }) => source<Reading>('thermo'), { pace: 'fastest' });
  is<Shared<Reading>>()(readings, true);
  const celsius = host.share('celsius', ({ source, call }) =>
    source<Reading>('thermo').pipe(
      call(
        'celsius',
        (r) => [r.kelvin],
        (_, value: number) => value,
      ),
    ),
  );
  is<Shared<number>>()(celsius, true);
  host.rule('both', ({ sink }) => [readings.subscribe(sink<Reading>('file')), celsius.pipe(map((value) => value + 1))]);
  // @ts-expect-error sinks are those of its rules
  host.share('sink', ({ sink: _ }) => NEVER);
  // @ts-expect-error it returns one stream
  host.share('many', () => [NEVER]);
  // @ts-expect-error there are two
  host.share('pace', () => NEVER, { pace: 'average' });
}

describe('the factories of a rule', () => {
  it('carry the types from a source to its sink', () => {
    expect(body).toBeInstanceOf(Function);
  });

  it('carry them through a share', () => {
    expect(shares).toBeInstanceOf(Function);
  });
});
