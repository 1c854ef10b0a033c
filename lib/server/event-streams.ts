import type { FastifyReply } from 'fastify';
import { type Observable, Subscription, type TeardownLogic } from 'rxjs';
import { type Clock, every } from '../clock.js';
import { tooManyStreams } from '../errors.js';
import { EventStream } from './event-stream.js';

/** Milliseconds: shorter than what proxies bear. */
const HEARTBEAT = 15_000;
const MAX_CLIENTS = 64;

/** Server-sent events for several clients, each with a bound of its own; who has gone is noticed by the heartbeat. */
export class EventStreams {
  private readonly ends = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /**
   * Sends `first`, then what `events` emits, until either side ends it. Throws `ERR_STREAMS` when there are too many
   * clients.
   */
  send(reply: FastifyReply, first: readonly unknown[], events: Observable<unknown>): void {
    this.open(reply, (stream) => {
      for (const event of first) stream.send(event);
      const end = (): void => stream.end();
      return events.subscribe({ next: (event) => stream.send(event), error: end, complete: end });
    });
  }

  /** What `begin` sends, until either side ends it; then what `begin` gives back is torn down. Throws as `send`. */
  open(reply: FastifyReply, begin: (stream: EventStream) => TeardownLogic): void {
    if (this.ends.size >= MAX_CLIENTS) throw tooManyStreams(MAX_CLIENTS);
    reply.hijack();
    const subscription = new Subscription();
    const end = (): void => {
      this.ends.delete(end);
      subscription.unsubscribe();
      stream.end();
    };
    this.ends.add(end);
    const stream = new EventStream(reply.raw, end);
    subscription.add(every(this.clock, HEARTBEAT, () => stream.beat()));
    subscription.add(begin(stream));
  }

  close(): void {
    for (const end of [...this.ends]) end();
  }
}
