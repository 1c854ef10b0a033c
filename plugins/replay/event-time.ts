import type { Row } from './row.js';

/** `2012-01-01 06:30` or with a T, slashes and seconds, or the day alone, and nothing that says where on earth. */
const NO_ZONE = /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?$/;

/** The event time of a row in milliseconds since the epoch: a number is taken for that, a time without zone for UTC. */
export function eventTime({ value, place }: Row, path: string): number {
  const found = fieldOf(value, path);
  const time =
    typeof found === 'string' ? Date.parse(found.replace(NO_ZONE, inUtc)) : typeof found === 'number' ? found : NaN;
  if (Number.isFinite(time)) return time;
  throw new Error(`replay: ${place}: ${path} is ${JSON.stringify(found)}: no time`);
}

const inUtc = (_: string, year: string, month: string, day: string, time = '00:00'): string =>
  `${year}-${month}-${day}T${time}Z`;

/** The value at a path such as `properties.time`; a name with points in it is found too. */
export function fieldOf(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, path)) return (value as Record<string, unknown>)[path];
  const point = path.indexOf('.');
  if (point < 0) return undefined;
  return fieldOf(fieldOf(value, path.slice(0, point)), path.slice(point + 1));
}
