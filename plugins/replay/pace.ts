import { firstValueFrom, fromEvent, race, timer } from 'rxjs';

/** The row that is to come. */
export interface Next {
  /** How often the file was played before. */
  readonly pass: number;
  /** How many rows were played before. */
  readonly played: number;
  readonly at: number | undefined;
}

/** Timers hold no more than 2³¹ - 1 milliseconds; the event times of two rows may be years apart. */
const LONGEST_SLEEP = 2 ** 30;

/** A function that resolves when a row is due, or when `signal` aborts. Rows that are late are due at once. */
export function paceOf(
  { speed, rate }: { readonly speed: number; readonly rate: number },
  signal: AbortSignal,
): (next: Next) => Promise<void> | void {
  const start = performance.now();
  if (rate > 0) return ({ played }) => until(start + (played * 1_000) / rate, signal);
  if (speed > 0) return eventPace(speed, signal);
  return () => undefined;
}

/** Each pass begins with the time of its first row. */
function eventPace(speed: number, signal: AbortSignal): (next: Next) => Promise<void> | void {
  let current = -1;
  let start = 0;
  let first = 0;
  return ({ pass, at = first }) => {
    if (pass !== current) {
      current = pass;
      start = performance.now();
      first = at;
    }
    return until(start + (at - first) / speed, signal);
  };
}

async function until(due: number, signal: AbortSignal): Promise<void> {
  for (let left = due - performance.now(); left > 0 && !signal.aborted; left = due - performance.now())
    await firstValueFrom(race(timer(Math.min(left, LONGEST_SLEEP)), fromEvent(signal, 'abort')));
}
