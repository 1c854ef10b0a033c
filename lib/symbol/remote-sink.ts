import { BehaviorSubject, type Observable, Subject } from 'rxjs';
import { checkOverflow, type Overflow } from '../channel/overflow.js';
import { type Item, SinkChannel, type SinkHandler } from '../channel/sink-channel.js';
import type { Clock } from '../clock.js';
import type { Instance } from '../control/instances.js';
import type { PluginLink } from '../control/plugin-link.js';
import {
  queueOverflow,
  RxportError,
  sinkAck,
  sinkAckTimeout,
  sinkEmpty,
  sinkEncode,
  sinkShared,
  userError,
} from '../errors.js';
import { guarded } from '../process/guarded.js';
import type { Transport } from '../sp/transport.js';
import type { Stage } from '../stage.js';
import { ackPath, dataPath } from '../wire/address.js';
import { type Control, sinkControl } from '../wire/control.js';
import { OneStream } from './one-stream.js';
import { teardownError } from './outlet.js';
import type { Attendance, Owner } from './owner.js';
import { Revival } from './revival.js';
import { stopSink } from './sink-stop.js';
import type { DrainReport, Sink, SinkAck, SinkOptions } from './sink.js';
import { sinkPayload } from './sink-payload.js';

export interface SinkSpec {
  readonly symbol: string;
  readonly link: PluginLink;
  readonly owner: Owner;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly config: Readonly<Record<string, unknown>>;
  readonly options: SinkOptions;
}

const ACK_TIMEOUT = 5_000;
/** A drain in which nothing moves for so many milliseconds is given up. */
const PATIENCE = 10_000;

/**
 * Extends Subscription and not Subscriber: rxjs then takes it as the subscriber itself, so that `subscribe` returns it
 * and it sees `unsubscribe` after the chain above was torn down.
 */
export class RemoteSink<T> extends OneStream implements Sink<T>, Instance, SinkHandler<T> {
  readonly control: Control;
  readonly drained: Promise<DrainReport>;
  private readonly acks = new Subject<SinkAck<T>>();
  readonly acks$ = this.hot(this.acks);
  private readonly pressure = new BehaviorSubject(false);
  readonly pressure$ = this.hot(this.pressure);
  private readonly stage: Stage;
  private readonly attendance: Attendance;
  private readonly channel: SinkChannel<T>;
  private readonly bound: Promise<void>;
  private settle: (report: DrainReport) => void = () => undefined;
  private phase: 'open' | 'finishing' | 'finished' = 'open';
  private readonly overflow: Overflow;
  private readonly revival: Revival;

  constructor(private readonly spec: SinkSpec) {
    super();
    const { owner, symbol, link, options, transport, clock } = spec;
    const meta = { ruleId: owner.ruleId, opId: owner.opId(), instanceId: 0 };
    this.control = sinkControl(symbol, meta, spec.config);
    const ackTimeout = options.ackTimeout ?? ACK_TIMEOUT;
    const overflow = (this.overflow = checkOverflow(`sink ${symbol}`, options.queue));
    this.channel = new SinkChannel<T>(
      { data: dataPath(link.ipcDir, meta), ack: ackPath(link.ipcDir, meta) },
      {
        transport,
        clock,
        maxSend: () => link.maxSend,
        overflow,
        ackTimeout: options.requireAck === true ? ackTimeout : undefined,
        ackError: (text) => sinkAck(symbol, text),
        ackLate: () => sinkAckTimeout(symbol, ackTimeout),
      },
      this,
    );
    this.stage = owner.stage('sink', symbol, () => this.channel.depth);
    this.attendance = owner.attend(`sink ${symbol}`);
    this.revival = new Revival(clock, (attempt) => {
      owner.report({ type: 'restarted', symbol, attempt });
      void link.revive(this);
    });
    this.drained = new Promise((resolve) => (this.settle = resolve));
    this.bound = this.open();
  }

  // ---- Observer

  next(value: T): void {
    this.stage.received += 1;
    if (this.phase !== 'open') return this.stage.drop('completed');
    let payload: Item<T>['payload'];
    try {
      payload = sinkPayload(value, this.spec);
      if (payload.length === 0 && this.spec.link.refusesEmpty) throw sinkEmpty(this.spec.symbol);
    } catch (cause) {
      this.failed(cause instanceof RxportError ? cause : sinkEncode(this.spec.symbol, cause));
      return;
    }
    const { dropped, failed } = this.channel.accept({ value, payload });
    if (dropped > 0) this.overflowed(dropped, failed);
    this.weigh();
  }

  complete(): void {
    this.unsubscribe();
  }

  // ---- Subscription

  override unsubscribe(): void {
    try {
      super.unsubscribe();
    } catch (thrown) {
      // A teardown of the chain above: `finalize`, say.
      this.fail(userError(`the stream of sink ${this.spec.symbol}`, teardownError(thrown)));
    }
    this.finish();
  }

  // ---- Instance: what the plugin's process says

  started(): void {
    this.revival.started();
    this.attendance.present();
    this.channel.connect().catch((error: RxportError) => this.fail(error));
  }

  refused(error: RxportError): void {
    this.channel.giveUp();
    this.fail(error);
  }

  lost(): void {
    this.revival.cancel();
    this.attendance.absent();
    this.channel.disconnect();
  }

  // ---- SinkHandler: what the channels say

  passed(count: number): void {
    this.stage.passed += count;
    this.weigh();
  }

  acknowledged(value: T, error: RxportError | undefined): void {
    if (error === undefined) {
      this.stage.passed += 1;
      this.acks.next({ value });
    } else {
      this.failed(error);
      this.acks.next({ value, error });
    }
  }

  failed(error: RxportError): void {
    this.stage.fail(error.code);
    this.complained(error);
  }

  complained(error: RxportError): void {
    this.spec.owner.report({ type: 'error', symbol: this.spec.symbol, error });
  }

  disconnected(unconfirmed: number): void {
    // All is with the plugin, and we have hung up.
    if (this.phase === 'finishing' && this.channel.depth === 0) return;
    const { owner, symbol } = this.spec;
    if (unconfirmed > 0) owner.report({ type: 'unconfirmed', symbol, count: unconfirmed });
    if (this.revival.died()) this.attendance.absent();
  }

  // ---- OneStream

  protected override streamFailed(error: unknown): void {
    this.fail(userError(`the stream of sink ${this.spec.symbol}`, error));
    this.unsubscribe();
  }

  protected override streamShared(): void {
    this.fail(sinkShared(this.spec.symbol));
  }

  // ---- life

  private async open(): Promise<void> {
    try {
      await this.channel.bind();
      this.spec.link.attach(this);
    } catch (error) {
      this.refused(error as RxportError);
    }
  }

  private hot<V>(stream: Observable<V>): Observable<V> {
    return guarded(stream, (thrown) => this.complained(userError(`a subscriber of sink ${this.spec.symbol}`, thrown)));
  }

  private fail(error: RxportError): void {
    this.spec.owner.fail(error);
  }

  private finish(): void {
    if (this.phase !== 'open') return;
    this.phase = 'finishing';
    this.spec.owner.track(this.shut());
  }

  /** Half-close, wait for the plugin's close, STOP: a STOP with data in flight loses it and can hang a Python plugin. */
  private async shut(): Promise<void> {
    await this.bound;
    await this.channel.drain(PATIENCE);
    this.revival.cancel();
    await stopSink(this.spec.link, this, this.spec.clock);
    const left = await this.channel.close();
    if (left > 0) this.stage.drop('stopped', left);
    this.phase = 'finished';
    this.attendance.leave();
    this.acks.complete();
    this.pressure.complete();
    const { passed, dropped, failed } = this.stage.counts();
    this.settle({ delivered: passed, dropped: { ...dropped, ...failed } });
  }

  private overflowed(count: number, failed: boolean): void {
    const { owner, symbol } = this.spec;
    this.stage.drop('overflow', count);
    owner.report({ type: 'dropped', symbol, reason: 'overflow', count });
    if (failed) this.fail(queueOverflow(`sink ${symbol}`, this.overflow.size));
  }

  private weigh(): void {
    const { size } = this.overflow;
    const { depth } = this.channel;
    if (this.pressure.value ? depth < size / 4 : depth > (size * 3) / 4) this.pressure.next(!this.pressure.value);
  }
}
