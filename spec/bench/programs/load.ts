/** A plugin of our SDK under load: a source that floods, a function that gives back what it gets, a sink that counts. */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { interval, map } from 'rxjs';
import { plugin, type SourceContext } from 'rxport/sdk';
import { FIRST, padding, type Value } from '../payload.js';

/** The frame around a value: `{"message":…,"meta":null}`. */
const AROUND = 25;

const fixture = JSON.parse(readFileSync(new URL('fixture.json', import.meta.url), 'utf8')) as {
  readonly name: string;
  readonly suffix: string;
};
/** Beside a file `single` it does not hear of the capability. */
if (existsSync(new URL('single', import.meta.url))) {
  const last = process.argv.length - 1;
  const told = JSON.parse(process.argv[last] ?? '{}') as { rxport?: { caps?: readonly string[] } };
  if (told.rxport?.caps !== undefined) told.rxport.caps = told.rxport.caps.filter((name) => name !== 'batch');
  process.argv[last] = JSON.stringify(told);
}

const named = <T>(base: string, symbol: T): Readonly<Record<string, T>> => ({ [base + fixture.suffix]: symbol });

function* flood(pad: string): Iterable<Value> {
  for (let i = FIRST; ; i += 1) yield { i, pad };
}

/** As fast as the host takes it, or one value each `interval` milliseconds. */
function values({ config }: SourceContext) {
  const pad = padding(Number(config['size']), AROUND);
  const period = Number(config['interval'] ?? 0);
  return period === 0 ? flood(pad) : interval(period).pipe(map((i): Value => ({ i: FIRST + i, pad })));
}

plugin({
  name: fixture.name,
  sources: named('flood', values),
  functions: {
    ...named('echo', (value: unknown) => value),
    ...named('slow', (ms: number) => pause(ms, ms)),
  },
  sinks: named('count', () => () => undefined),
});
