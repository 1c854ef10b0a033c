import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { FatalValue } from './fatal-value.js';

/** What the deadlines of acks ask for. */
export interface AckHandler {
  /** The ack of the value that is out has not come in time. */
  late(): void;
  /** It has not come at all: settle it, and the next value may go out. */
  over(): void;
}

/**
 * The deadlines of acks, of one value after another. Acks have no id: after a late one the next value waits as long again,
 * or until the late ack has come, which else would be taken for its own.
 */
export class AckDeadlines<I> {
  private awaited = Subscription.EMPTY;
  private overdue = Subscription.EMPTY;
  private readonly fatal = new FatalValue<I>();

  /** Without `timeout` no ack is required. */
  constructor(
    private readonly clock: Clock,
    private readonly timeout: number | undefined,
    private readonly handler: AckHandler,
  ) {}

  get required(): boolean {
    return this.timeout !== undefined;
  }

  /** The next ack is that of the value that is out. */
  get inTime(): boolean {
    return this.required && !this.isOverdue;
  }

  /** An ack that has missed its deadline may still come. */
  get isOverdue(): boolean {
    return !this.overdue.closed;
  }

  /** A value has gone out. */
  sent(): void {
    const { timeout, clock, handler } = this;
    if (timeout === undefined) return;
    this.awaited = after(clock, timeout, () => {
      this.overdue = after(clock, timeout, () => handler.over());
      handler.late();
    });
  }

  answered(): void {
    this.awaited.unsubscribe();
  }

  /** The connection has ended with this value out: true when it is not to go out again. */
  endedWith(item: I): boolean {
    return this.required && this.fatal.endedWith(item);
  }

  /** Nothing is overdue any longer. */
  settle(): void {
    this.overdue.unsubscribe();
  }

  stop(): void {
    this.answered();
    this.settle();
  }
}
