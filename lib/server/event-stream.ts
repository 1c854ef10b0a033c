import type { FastifyReply } from 'fastify';
import { type Observable, Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import { tooManyStreams } from '../errors.js';

/** Events that wait for one client. */
const MAX_WAITING = 1_000;
/** Milliseconds: shorter than what proxies bear. */
const HEARTBEAT = 15_000;
const MAX_CLIENTS = 64;

/** Server-sent events for several clients, each with a bound of its own. */
export class EventStreams {
  private readonly open = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /**
   * Sends `first`, then what `events` emits, until either side ends it. A client that does not read fast enough misses
   * events, and is told how many: `event: dropped`, `data: {"count":7}`. Throws `ERR_STREAMS` when there are too many.
   */
  send(reply: FastifyReply, first: readonly unknown[], events: Observable<unknown>): void {
    if (this.open.size >= MAX_CLIENTS) throw tooManyStreams(MAX_CLIENTS);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    raw.flushHeaders();
    const client = new Client((chunk) => raw.write(chunk));
    for (const event of first) client.push(event);
    const subscription = new Subscription();
    const end = (): void => {
      this.open.delete(end);
      subscription.unsubscribe();
      raw.end();
    };
    this.open.add(end);
    raw.on('drain', () => client.drained());
    raw.on('close', end);
    raw.on('error', end);
    subscription.add(every(this.clock, HEARTBEAT, () => client.beat()));
    subscription.add(events.subscribe({ next: (event) => client.push(event), error: end, complete: end }));
  }

  close(): void {
    for (const end of [...this.open]) end();
  }
}

/** What one client gets, and what waits for it. */
export class Client {
  private waiting: string[] = [];
  private dropped = 0;
  private full = false;

  /** `write` answers false while no more should be written. */
  constructor(private readonly write: (chunk: string) => boolean) {}

  push(event: unknown): void {
    // JSON has no line breaks, and so an event is one line.
    const chunk = `data: ${JSON.stringify(event)}\n\n`;
    if (!this.full) this.full = !this.write(chunk);
    else if (this.waiting.length < MAX_WAITING) this.waiting.push(chunk);
    else this.dropped += 1;
  }

  /** Keeps the connection alive; a client that reads nothing needs none. */
  beat(): void {
    if (!this.full) this.full = !this.write(': \n\n');
  }

  drained(): void {
    this.full = false;
    const chunks = this.waiting;
    this.waiting = [];
    if (this.dropped > 0) chunks.push(`event: dropped\ndata: {"count":${this.dropped}}\n\n`);
    this.dropped = 0;
    if (chunks.length > 0) this.full = !this.write(chunks.join(''));
  }
}
