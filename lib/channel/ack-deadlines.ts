import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';

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
export class AckDeadlines {
  private awaited = Subscription.EMPTY;
  private overdue = Subscription.EMPTY;

  /** Without `timeout` no ack is required. */
  constructor(
    private readonly clock: Clock,
    private readonly timeout: number | undefined,
    private readonly handler: AckHandler,
  ) {}

  get required(): boolean {
    return this.timeout !== undefined;
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

  /** Nothing is overdue any longer. */
  settle(): void {
    this.overdue.unsubscribe();
  }

  stop(): void {
    this.answered();
    this.settle();
  }
}
