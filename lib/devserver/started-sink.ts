import { filter, firstValueFrom, merge, type Observable, Subject, type Subscription, takeUntil } from 'rxjs';
import { after, withDeadline } from '../clock.js';
import { type RxportError, sendTimeout, sinkEncode } from '../errors.js';
import { nativeTransport } from '../sp/native.js';
import { tapped } from '../sp/tap.js';
import { RemoteSink } from '../symbol/remote-sink.js';
import type { DrainReport } from '../symbol/sink.js';
import { decodeAck } from '../wire/ack.js';
import { ackPath } from '../wire/address.js';
import { type Order, Started, type StartedParts } from './started.js';

/** What became of a value. */
export interface Sent {
  readonly written: true;
  readonly bytes: number;
  /** The next word of the plugin about its values, where that was waited for. */
  readonly ack?: AckView | 'none';
}

interface AckView {
  readonly ok: boolean;
  readonly error?: string;
}

/** Milliseconds that an ack is waited for. */
const ACK_WAIT = 5_000;

export class StartedSink extends Started {
  private readonly sink: RemoteSink<unknown>;
  /** Hot: what the plugin says on the ack channel; they have no ids. */
  private readonly acks$ = new Subject<AckView>();
  private readonly listening: Subscription;
  private acked = { ok: 0, error: 0 };
  /** One value after the other, so that what happens next is about it. */
  private turn: Promise<unknown> = Promise.resolve();
  private report: DrainReport | undefined;

  constructor(order: Order, parts: StartedParts) {
    super('sink', order, parts);
    const { plugin, hub, clock } = parts;
    const { link } = plugin;
    const address = ackPath(link.ipcDir, order.meta);
    this.listening = hub.events$.subscribe((event) => {
      if (event.type === 'in' && event.address === address) this.hear(Buffer.from(event.body));
    });
    this.sink = new RemoteSink<unknown>({
      symbol: order.symbol,
      link,
      owner: this.owner,
      transport: tapped(nativeTransport, hub.tap),
      clock,
      config: this.settings,
      options: {},
    });
  }

  /**
   * Resolves when the kernel has taken the JSON of `data`; with `ack`, when the plugin has said something about it too.
   * Rejects with `ERR_SEND_TIMEOUT`, `ERR_SINK_ENCODE`, `ERR_FRAME_TOO_LARGE`, and with why the sink has failed.
   */
  send(data: unknown, ack: boolean, timeout: number): Promise<Sent> {
    const sent = this.turn.then(() => this.sendNow(data, ack, timeout));
    this.turn = sent.catch(() => undefined);
    return sent;
  }

  protected counts(): Readonly<Record<string, unknown>> {
    const { passed, dropped, failed, inFlight } = this.owner.counts.counts();
    return { written: passed, dropped, failed, waiting: inFlight, acks: this.acked, ...this.report };
  }

  protected async end(): Promise<void> {
    this.sink.complete();
    this.report = await this.sink.drained;
    this.listening.unsubscribe();
    this.acks$.complete();
  }

  private async sendNow(data: unknown, wantsAck: boolean, timeout: number): Promise<Sent> {
    const { clock } = this.parts;
    const { owner, symbol } = this;
    const text = JSON.stringify(data) as string | undefined;
    if (text === undefined) throw sinkEncode(symbol, `${typeof data} has no JSON`);
    const ack = wantsAck ? this.nextAck() : undefined;
    const upTo = owner.counts.received + 1;
    const failure = new FirstError(this.owner);
    try {
      this.sink.next(data);
      const written = firstValueFrom(this.changes().pipe(filter(() => this.settledCount() >= upTo)));
      await withDeadline(clock, timeout, written, () => sendTimeout(symbol, timeout));
    } finally {
      failure.listening.unsubscribe();
    }
    if (failure.error !== undefined) throw failure.error;
    return { written: true, bytes: Buffer.byteLength(text), ...(ack && { ack: await ack }) };
  }

  /** Values that are passed, failed or dropped. Throws why the sink has failed. */
  private settledCount(): number {
    const { state, counts } = this.owner;
    if (state.phase === 'failed') throw state.error;
    const { received, inFlight } = counts.counts();
    return received - inFlight;
  }

  private changes(): Observable<unknown> {
    const { state$, counted$ } = this.owner;
    return merge(state$, counted$);
  }

  private nextAck(): Promise<AckView | 'none'> {
    const { clock } = this.parts;
    const late = new Subject<void>();
    const timer = after(clock, ACK_WAIT, () => late.next());
    const ack$ = this.acks$.pipe(takeUntil(late));
    return firstValueFrom(ack$, { defaultValue: 'none' as const }).finally(() => timer.unsubscribe());
  }

  private hear(payload: Buffer): void {
    const error = decodeAck(payload);
    if (error === undefined) this.acked.ok += 1;
    else this.acked.error += 1;
    this.acks$.next(error === undefined ? { ok: true } : { ok: false, error });
  }
}

/** The first error that is reported from now on. */
class FirstError {
  error: RxportError | undefined;
  readonly listening: Subscription;

  constructor({ events$ }: Started['owner']) {
    this.listening = events$.subscribe((event) => {
      if (event.type === 'error' && event.error.code !== 'ERR_SINK_ACK') this.error ??= event.error;
    });
  }
}
