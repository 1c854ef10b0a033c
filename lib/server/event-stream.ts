import type { ServerResponse } from 'node:http';

/** The type of a stream of them. */
export const EVENTS = 'text/event-stream';

/** Events that wait for a client at most, and characters of them. */
const LIMIT = 1_000;
const SIZE_LIMIT = 1024 * 1024;

/**
 * Server-sent events for one client. It never holds up who sends: what it does not read waits, the oldest are dropped
 * beyond the limit, and it is told how many.
 */
export class EventStream {
  private readonly waiting: string[] = [];
  /** Characters that wait. */
  private size = 0;
  private dropped = 0;
  private full = false;
  private over = false;

  /** Answers the request. `closed` is called once, when the client has gone or `end` was called. */
  constructor(
    private readonly response: ServerResponse,
    closed: () => void,
    private readonly limit = LIMIT,
  ) {
    response.writeHead(200, {
      'content-type': EVENTS,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.flushHeaders();
    response.on('drain', () => this.flush());
    response.on('close', () => {
      this.over = true;
      closed();
    });
    // A client that resets its connection: `close` follows.
    response.on('error', () => undefined);
  }

  /** `event` names it; without a name it is the client's `message`. */
  send(data: unknown, event?: string): void {
    if (this.over) return;
    const text = textOf(data, event);
    if (!this.full) return this.write(text);
    this.waiting.push(text);
    this.size += text.length;
    // The newest is kept, however large it is.
    while (this.waiting.length > this.limit || (this.size > SIZE_LIMIT && this.waiting.length > 1)) {
      this.size -= this.waiting.shift()?.length ?? 0;
      this.dropped += 1;
    }
  }

  /** Keeps the connection alive; a client that reads nothing needs none. */
  beat(): void {
    if (!this.over && !this.full) this.write(': \n\n');
  }

  /** Hands over what waits, and closes. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.tellDropped();
    for (const text of this.waiting.splice(0)) this.write(text);
    this.response.end();
  }

  private flush(): void {
    this.full = false;
    if (this.over) return;
    this.tellDropped();
    while (!this.full) {
      const text = this.waiting.shift();
      if (text === undefined) return;
      this.size -= text.length;
      this.write(text);
    }
  }

  private tellDropped(): void {
    const { dropped } = this;
    this.dropped = 0;
    if (dropped > 0) this.write(textOf({ count: dropped }, 'dropped'));
  }

  private write(text: string): void {
    this.full = !this.response.write(text);
  }
}

/** JSON has no line breaks, which would end the event. */
const textOf = (data: unknown, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
