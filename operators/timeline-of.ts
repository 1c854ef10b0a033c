import { asyncScheduler } from 'rxjs';
import { EventTimeFrom, EventTimeOfValues } from './event-time.js';
import { processingClock } from './processing-clock.js';
import { ProcessingTime } from './processing-time.js';
import type { Timeline } from './timeline.js';
import type { WindowOptions } from './window.js';

/** The time that `options` ask for, for one subscription. `step`: the mark only matters at multiples of it. */
export function timelineOf<T>(
  operator: string,
  step: number,
  { at, watermark, scheduler = asyncScheduler, ...options }: WindowOptions<T, unknown>,
  maxPartitions: number,
): Timeline<T> {
  const clock = processingClock(scheduler);
  if (at === undefined) return new ProcessingTime(clock);
  if (watermark !== undefined) return new EventTimeFrom(operator, at, watermark);
  return new EventTimeOfValues(operator, { at, ...options }, { step, maxPartitions }, clock);
}
