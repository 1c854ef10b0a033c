import type { FastifyReply } from 'fastify';
import { type Observable, Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import { tooManyStreams } from '../errors.js';
import { EventStream } from './event-stream.js';

/** Milliseconds: shorter than what proxies bear. */
const HEARTBEAT = 15_000;
const MAX_CLIENTS = 64;

/** Server-sent events for several clients, each with a bound of its own. */
export class EventStreams {
  private readonly open = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /**
   * Sends `first`, then what `events` emits, until either side ends it. Throws `ERR_STREAMS` when there are too many
   * clients.
   */
  send(reply: FastifyReply, first: readonly unknown[], events: Observable<unknown>): void {
    if (this.open.size >= MAX_CLIENTS) throw tooManyStreams(MAX_CLIENTS);
    reply.hijack();
    const subscription = new Subscription();
    const end = (): void => {
      this.open.delete(end);
      subscription.unsubscribe();
      stream.end();
    };
    this.open.add(end);
    const stream = new EventStream(reply.raw, end);
    for (const event of first) stream.send(event);
    subscription.add(every(this.clock, HEARTBEAT, () => stream.beat()));
    subscription.add(events.subscribe({ next: (event) => stream.send(event), error: end, complete: end }));
  }

  close(): void {
    for (const end of [...this.open]) end();
  }
}
