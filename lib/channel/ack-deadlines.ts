import { Subscription } from 'rxjs';
import { type Clock, whenRead } from '../clock.js';
import { Deadlines } from '../stage.js';
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
  private readonly waits: Deadlines<'ack' | 'late ack'>;
  private readonly fatal = new FatalValue<I>();
  /** The ack is late, unless it has come already, and nobody has read it. */
  private doubt = Subscription.EMPTY;

  /** Without `timeout` no ack is required. */
  constructor(
    clock: Clock,
    private readonly timeout: number | undefined,
    handler: AckHandler,
  ) {
    const late = (): void => {
      this.waits.begin('late ack');
      handler.late();
    };
    this.waits = new Deadlines(clock, timeout ?? Infinity, (what) => {
      if (what === 'late ack') return handler.over();
      this.doubt = whenRead(clock, late);
    });
  }

  get required(): boolean {
    return this.timeout !== undefined;
  }

  /** The next ack is that of the value that is out. */
  get inTime(): boolean {
    return this.required && !this.isOverdue;
  }

  /** An ack that has missed its deadline may still come. */
  get isOverdue(): boolean {
    return this.waits.has('late ack');
  }

  /** A value has gone out. */
  sent(): void {
    if (this.required) this.waits.begin('ack');
  }

  answered(): void {
    this.waits.end('ack');
    this.doubt.unsubscribe();
  }

  /** The connection has ended with this value out: true when it is not to go out again. */
  endedWith(item: I): boolean {
    return this.required && this.fatal.endedWith(item);
  }

  /** Nothing is overdue any longer. */
  settle(): void {
    this.waits.end('late ack');
  }

  stop(): void {
    this.waits.stop();
    this.doubt.unsubscribe();
  }
}
