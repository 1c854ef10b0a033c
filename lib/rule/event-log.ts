import type { Observable } from 'rxjs';
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import { Throttle } from '../stage.js';
import type { RuleEvent } from './rule.js';

/** Milliseconds between two lines about the same. */
const PERIOD = 60_000;

interface Line {
  /** What tells it apart from others. */
  readonly key: string;
  readonly code?: string;
  readonly count: number;
  readonly text: (count: number) => string;
}

/** What happens to the symbols of a rule, as warnings: the first at once, what goes on once a minute, with its number. */
export class EventLog {
  private readonly throttles = new Map<string, Throttle>();
  private readonly newest = new Map<string, Line>();

  constructor(
    private readonly title: string,
    private readonly fields: object,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Until they complete. */
  follow(events: Observable<RuleEvent>): void {
    events.subscribe({ next: (event) => this.note(event), complete: () => this.flush() });
  }

  note(event: RuleEvent): void {
    const line = lineOf(event);
    if (line === undefined) return;
    const { key, count } = line;
    this.newest.set(key, line);
    let throttle = this.throttles.get(key);
    if (throttle === undefined) {
      throttle = new Throttle(this.clock, (sum) => this.tell(key, sum), PERIOD);
      this.throttles.set(key, throttle);
    }
    throttle.note(count);
  }

  /** Tells what is still untold. */
  flush(): void {
    for (const throttle of this.throttles.values()) throttle.flush();
  }

  private tell(key: string, count: number): void {
    const line = this.newest.get(key);
    if (line === undefined) return;
    const { code, text } = line;
    this.log.warn({ ...this.fields, ...(code && { code }) }, `${this.title}: ${text(count)}`);
  }
}

/** Nothing of what is no loss: that a queue holds its sources back is what it is for. */
function lineOf(event: RuleEvent): Line | undefined {
  if (event.type === 'status' || event.type === 'paused') return undefined;
  const { type, symbol } = event;
  switch (event.type) {
    case 'error': {
      const { code, message } = event.error;
      const text = (count: number): string => (count > 1 ? `${message} (${count} times)` : message);
      return { key: `${type} ${symbol} ${code}`, code, count: event.count ?? 1, text };
    }
    case 'restarted':
      return { key: `${type} ${symbol}`, count: 1, text: () => `${symbol} is started again` };
    case 'dropped': {
      // Somebody wanted it so.
      if (event.reason === 'unsubscribed') return undefined;
      const text = (count: number): string => `${symbol} has dropped ${count} (${event.reason})`;
      return { key: `${type} ${symbol} ${event.reason}`, count: event.count, text };
    }
    case 'stalled': {
      const { code, message } = event.error;
      return { key: `${type} ${symbol}`, code, count: 1, text: () => message };
    }
    case 'unconfirmed': {
      const text = (count: number): string =>
        `${count} values at most that went to sink ${symbol} may not have been read`;
      return { key: `${type} ${symbol}`, count: event.count, text };
    }
  }
}
