import { type Observable, Subject } from 'rxjs';
import type { SinkChannel } from '../channel/sink-channel.js';
import type { Payload, SinkHandler } from '../channel/sink-handler.js';
import type { Instance, Moved, MoveSteps, Runner } from '../control/instance.js';
import { queueOverflow, type RxportError, sinkShared, userError } from '../errors.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import { guarded } from '../process/guarded.js';
import { type Admission, Bound, marksOf, type Stage, teardownError } from '../stage.js';
import { type Control, sinkControl } from '../wire/control.js';
import { HeldError } from './held-error.js';
import { OneStream } from './one-stream.js';
import { type Attendance, flushTimeoutOf } from './owner.js';
import type { Revival } from './revival.js';
import { revivalOf } from './revive.js';
import type { SinkSpec } from './sink-spec.js';
import { stopSink } from './sink-stop.js';
import type { DrainReport, Sink, SinkAck } from './sink.js';
import { sinkChannelOf } from './sink-channel-of.js';
import { checkSinkOptions } from './sink-options.js';
import { sinkPayload } from './sink-payload.js';
import { SinkPressure } from './sink-pressure.js';
import { Unconfirmed } from './unconfirmed.js';

/**
 * Extends Subscription and not Subscriber: rxjs then takes it as the subscriber itself, so that `subscribe` returns it
 * and it sees `unsubscribe` after the chain above was torn down.
 */
export class RemoteSink<T> extends OneStream implements Sink<T>, Instance, SinkHandler<T> {
  readonly control: Control;
  readonly drained: Promise<DrainReport>;
  private readonly acks = new Subject<SinkAck<T>>();
  readonly acks$ = this.hot(this.acks);
  readonly pressure$: Observable<boolean>;
  private readonly pressure: SinkPressure;
  private readonly stage: Stage;
  private readonly attendance: Attendance;
  private readonly channel: SinkChannel<T>;
  private readonly opening: Promise<void>;
  private settle: (report: DrainReport) => void = () => undefined;
  private phase: 'open' | 'finishing' = 'open';
  private readonly bound: Bound;
  private overflown = false;
  private readonly revival: Revival;
  private readonly failure: HeldError;
  /** The process that was told START last. */
  private runner: Runner | undefined;
  /** It changes processes. */
  private moving = false;
  private readonly unconfirmed: Unconfirmed;

  constructor(private readonly spec: SinkSpec) {
    super();
    const { owner, symbol, link, options, clock } = spec;
    const meta = { ruleId: owner.ruleId, opId: owner.opId(), instanceId: owner.instanceId ?? 0 };
    this.control = sinkControl(symbol, meta, spec.config.first);
    const overflow = checkSinkOptions(symbol, options);
    const marks = marksOf(overflow);
    this.stage = owner.stage('sink', symbol, () => this.channel.depth, marks);
    this.bound = new Bound(overflow, this.stage.scale);
    this.channel = sinkChannelOf<T>(spec, { meta, bound: this.bound, runner: () => this.runner }, this);
    this.pressure = new SinkPressure(marks);
    this.pressure$ = this.hot(this.pressure.under);
    this.attendance = owner.attend(`sink ${symbol}`);
    this.failure = new HeldError(clock, (error) => this.fail(error));
    this.unconfirmed = new Unconfirmed(owner, symbol);
    this.revival = revivalOf(this, link, clock, (news) => void owner.report(news));
    this.drained = new Promise((resolve) => (this.settle = resolve));
    this.opening = this.open();
  }

  // ---- Observer and Subscription

  next(value: T): void {
    let payload: Payload;
    try {
      payload = this.phase === 'open' ? sinkPayload(value, this.spec) : '';
    } catch (error) {
      this.stage.received += 1;
      return this.failed(error as RxportError);
    }
    // Counted when a codec of the user is done with it, which may have ended the stream.
    this.stage.received += 1;
    if (this.phase !== 'open') return this.stage.drop('completed');
    this.overflowed(this.channel.accept(value, payload));
  }

  complete(): void {
    this.unsubscribe();
  }

  override unsubscribe(): void {
    try {
      super.unsubscribe();
    } catch (thrown) {
      // A teardown of the chain above: `finalize`, say.
      this.fail(userError(`the stream of sink ${this.spec.symbol}`, teardownError(thrown)));
    }
    this.finish();
  }

  cutShort(): void {
    this.channel.cutShort();
  }

  // ---- Instance: what the plugin's process says

  starting(runner: Runner): void {
    this.runner = runner;
  }

  started(): void {
    this.stage.started();
    this.revival.started();
    this.attendance.present();
    this.channel.connect().catch((error: RxportError) => this.refused(error));
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

  controlFor(plugin: InstalledPlugin): Control {
    const { symbol, config } = this.spec;
    return config.controlFor(plugin, (settings) => sinkControl(symbol, this.control.meta, settings));
  }

  /** Half-close, wait for the old version's close, STOP, START: what comes meanwhile waits in the queue. */
  async move({ stop, start }: MoveSteps): Promise<Moved> {
    const { clock } = this.spec;
    this.moving = true;
    const from = clock.now();
    try {
      await this.channel.handOver();
      this.revival.cancel();
      await stopSink(this.channel.addresses.data, clock, { stop: () => this.unconfirmed.until(stop()), again: stop });
      await start();
    } finally {
      this.moving = false;
    }
    return { gap: clock.now() - from, queued: this.channel.depth };
  }

  // ---- SinkHandler: what the channels say

  moved(): void {
    const { waits } = this.channel;
    this.pressure.set(waits, this.stage.scale?.largest);
    this.stage.weigh(waits);
  }

  overflowed({ dropped, failed }: Admission): void {
    if (dropped > 0) this.stage.overflow(dropped);
    if (!failed || this.overflown) return;
    // Once: what follows is a sum.
    this.overflown = true;
    this.fail(queueOverflow(`sink ${this.spec.symbol}`, this.bound.size));
  }

  passed(count: number): void {
    this.stage.passed += count;
    // Who watches the stage hears so that it has counted.
    this.moved();
  }

  acknowledged(value: T, error: RxportError | undefined): void {
    if (error === undefined) this.stage.passed += 1;
    else this.failed(error);
    this.acks.next(error === undefined ? { value } : { value, error });
  }

  failed(error: RxportError): void {
    this.stage.fail(error.code);
    this.complained(error);
  }

  complained(error: RxportError): void {
    this.spec.owner.report({ type: 'error', symbol: this.spec.symbol, error });
  }

  disconnected(unconfirmed: number, orderly: boolean): void {
    if ((this.phase === 'finishing' || this.moving) && orderly) return this.unconfirmed.hold(unconfirmed);
    this.unconfirmed.tell(unconfirmed);
    if (!this.moving && this.revival.died()) this.attendance.absent();
  }

  // ---- OneStream

  protected override streamFailed(error: unknown): void {
    const failure = userError(`the stream of sink ${this.spec.symbol}`, error);
    // First what it has accepted before.
    if (this.phase === 'open') this.failure.hold(failure, flushTimeoutOf(this.spec.owner));
    else this.fail(failure);
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
    await this.opening;
    await this.channel.drain();
    this.failure.release();
    this.revival.cancel();
    const { link, clock } = this.spec;
    const stop = (): Promise<void> => this.unconfirmed.until(link.detach(this));
    await stopSink(this.channel.addresses.data, clock, { stop, again: () => link.stopAgain(this) });
    await this.channel.close((left) => this.stage.drop('stopped', left));
    this.stage.end();
    this.attendance.leave();
    this.acks.complete();
    this.pressure.under.complete();
    const { passed, dropped, failed } = this.stage.counts();
    this.settle({ delivered: passed, dropped: { ...dropped, ...failed } });
  }
}
