import { map, take, timer } from 'rxjs';
import type { SourceContext } from 'rxport/sdk';

export interface Tick {
  readonly i: number;
  readonly value: number;
}

/** Milliseconds that a timer of Node can wait; beyond that it does not wait at all. */
const LONGEST = 2 ** 31 - 1;

/** A sine wave: a value every so many milliseconds, `count` of them or without end. */
export function ticks({ config }: SourceContext) {
  const every = numberOf(config, 'every', 1_000);
  if (every > LONGEST) throw new Error(`ticks: every is ${every}: give milliseconds, ${LONGEST} at most`);
  const count = numberOf(config, 'count', Infinity);
  return timer(0, every).pipe(
    take(count),
    map((i): Tick => ({ i, value: Math.sin(i / 10) })),
  );
}

/** What a source throws when it is opened is the answer to whoever has started it. */
function numberOf(config: SourceContext['config'], key: string, otherwise: number): number {
  const value = config[key] ?? otherwise;
  if (typeof value === 'number' && value > 0) return value;
  throw new Error(`ticks: ${key} is ${JSON.stringify(value)}: give a number of more than 0`);
}
