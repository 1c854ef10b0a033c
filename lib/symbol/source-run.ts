import type { Subject } from 'rxjs';
import {
  openSourceChannel,
  type SourceChannel,
  type SourceChannelOptions,
  type SourceHandler,
} from '../channel/source-channel.js';
import type { Instance, Moved, MoveSteps } from '../control/instance.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import { type RxportError, sourceReported } from '../errors.js';
import { type Outlet, type Stage, withScope } from '../stage.js';
import { dataPath } from '../wire/address.js';
import { type Control, type Meta, sourceControl } from '../wire/control.js';
import { Complaints } from './complaints.js';
import { type Decode, type Decoded, decoderOf } from './decoder-of.js';
import { handOn, type TupleMeta, type ValueOf } from './hand-on.js';
import type { Attendance, Place, Stoppable, Stopping, SymbolEvent, SymbolNews } from './owner.js';
import type { Revival } from './revival.js';
import { revivalOf } from './revive.js';
import type { SourceSpec } from './source-spec.js';
import { stopSource } from './source-stop.js';

/** One subscription to a source: binds its channel, sends START, emits; its end sends STOP and closes. */
export class SourceRun<T> implements Instance, SourceHandler, Stoppable {
  readonly control: Control;
  private readonly stage: Stage;
  private readonly attendance: Attendance;
  private readonly address: string;
  private readonly place: Place;
  private readonly opening: Promise<SourceChannel | undefined>;
  private readonly revival: Revival;
  /** Of what could not be decoded: it may be every tuple. */
  private readonly complaints: Complaints;
  private readonly decode: Decode<T> | undefined;
  private channel: SourceChannel | undefined;
  private phase: 'running' | 'stopping' | 'ended' = 'running';
  private closing: Stopping | undefined;
  /** A connection was opened since START was sent: one that closes before is of another life. */
  private fresh = false;
  /** It has closed before the answer to START came. */
  private early = false;
  /** It changes processes. */
  private moving = false;
  /** Its rule has more than it can work off. */
  private held = false;

  constructor(
    private readonly spec: SourceSpec<T>,
    private readonly events: Subject<SymbolEvent>,
    private readonly outlet: Outlet<unknown>,
    private readonly valueOf: ValueOf<T>,
  ) {
    const { owner, symbol, link, clock } = spec;
    const meta = { ruleId: owner.ruleId, opId: owner.opId(), instanceId: owner.instanceId ?? 0 };
    this.control = this.controlWith(spec.config.first, meta);
    this.address = dataPath(link.ipcDir, meta);
    this.decode = spec.decode && decoderOf(spec.decode, this.address);
    this.stage = owner.stage('source', symbol);
    this.attendance = owner.attend(`source ${symbol}`);
    this.revival = revivalOf(this, link, clock, (news) => this.report(news));
    this.complaints = new Complaints(clock, (error, count) =>
      this.report({ type: 'error', symbol, error, ...(count > 1 && { count }) }),
    );
    this.place = owner.running(this);
    this.opening = this.open();
  }

  // ---- Instance: what the plugin's process says

  starting(): void {
    this.fresh = false;
    this.early = false;
  }

  started(): void {
    this.stage.started();
    this.revival.started();
    this.attendance.present();
    // What has ended may be of a process that refused it, and its own connection about to be noticed.
    if (this.early) this.revival.doubt(() => this.channel?.connected === false && this.ended());
  }

  refused(error: RxportError): void {
    this.outlet.error(error);
  }

  lost(): void {
    this.revival.cancel();
    this.attendance.absent();
  }

  controlFor(plugin: InstalledPlugin): Control {
    return this.spec.config.controlFor(plugin, (config) => this.controlWith(config, this.control.meta));
  }

  /** STOP in the old version, START in the new one, whose tuples come after the last of the old one's. */
  async move({ stop, start }: MoveSteps): Promise<Moved> {
    const { clock } = this.spec;
    const channel = await this.opening;
    this.moving = true;
    this.revival.cancel();
    channel?.handOver();
    try {
      await stop();
      const stopped = clock.now();
      await channel?.settled();
      await start();
      const gap = clock.now() - stopped;
      this.early = (await channel?.takeOver()) === false;
      return { gap, queued: 0 };
    } catch (error) {
      // It starts where it was, and is not to wait for what will not come.
      void channel?.takeOver();
      throw error;
    } finally {
      this.moving = false;
    }
  }

  // ---- SourceHandler: what the data channel says

  tuple(message: unknown, meta: TupleMeta): void {
    if (this.decode !== undefined && !this.outlet.closed) return this.decoded(this.decode(message), meta);
    this.stage.received += 1;
    if (this.outlet.closed) return this.stage.drop(this.spec.owner.cutOff);
    this.stage.passed += 1;
    handOn(this.place, this.outlet, this.valueOf(message as T, meta));
  }

  size(characters: number): void {
    this.place.size(characters);
  }

  reported(text: string, dropped = 0): void {
    if (dropped > 0) this.stage.missed(dropped);
    this.report({ type: 'error', symbol: this.spec.symbol, error: sourceReported(this.spec.symbol, text) });
  }

  invalid(error: RxportError): void {
    this.stage.received += 1;
    this.undecoded(error);
  }

  broken(error: RxportError): void {
    // Here it is one tuple. What is no frame at all may be any number, and one that is cut off was not sent.
    if (error.code === 'ERR_FRAME_TOO_LARGE') return this.invalid(error);
    this.report({ type: 'error', symbol: this.spec.symbol, error });
  }

  complete(): void {
    this.outlet.complete();
  }

  opened(): void {
    this.fresh = true;
  }

  ended(): void {
    if (this.phase !== 'running' || this.moving) return;
    if (this.revival.died()) this.attendance.absent();
    else this.early = this.fresh;
  }

  // ---- life

  /** The end of the subscription: what still arrives is counted as dropped. */
  end(): void {
    this.channel?.flush();
    this.spec.owner.track(this.close().ended);
  }

  stop(): Stopping {
    const { read, ended } = this.close();
    return { read, ended: ended.then(() => this.outlet.complete()) };
  }

  pause(): void {
    this.held = true;
    this.stage.pauses += 1;
    this.channel?.pause();
  }

  resume(): void {
    this.held = false;
    this.channel?.resume();
  }

  private async open(): Promise<SourceChannel | undefined> {
    const { transport, clock, parse, link } = this.spec;
    try {
      const { scope } = this.outlet;
      const options: SourceChannelOptions = {
        transport,
        clock,
        parse,
        patient: () => link.patient,
        // What is subscribed when a tuple comes finds the rule that it runs in.
        inContext: scope && ((work) => withScope(scope, work)),
      };
      this.channel = await openSourceChannel(this.address, options, this);
      if (this.held) this.channel.pause();
      if (this.outlet.closed) this.channel.flush();
      if (this.phase === 'running') link.attach(this);
      return this.channel;
    } catch (error) {
      this.outlet.error(error);
      return undefined;
    }
  }

  private close(): Stopping {
    if (this.closing !== undefined) return this.closing;
    this.phase = 'stopping';
    this.revival.cancel();
    const read = stopSource(this, this.opening, this.spec.link);
    return (this.closing = { read, ended: read.then(() => this.shut()) });
  }

  private async shut(): Promise<void> {
    await this.channel?.delivered();
    await this.channel?.close();
    this.complaints.flush();
    this.phase = 'ended';
    this.stage.end();
    this.attendance.leave();
    this.place.left();
  }

  private controlWith(config: Readonly<Record<string, unknown>>, meta: Meta): Control {
    return sourceControl(this.spec.symbol, meta, this.spec.dataSource, config);
  }

  /** Counted when a codec of the user is done with it. */
  private decoded(decoded: Decoded<T>, meta: TupleMeta): void {
    this.stage.received += 1;
    if (decoded.error !== undefined) return this.undecoded(decoded.error);
    this.stage.passed += 1;
    handOn(this.place, this.outlet, this.valueOf(decoded.value, meta));
  }

  private undecoded(error: RxportError): void {
    this.stage.drop('decode');
    this.complaints.note(error);
  }

  private report(news: SymbolNews): void {
    this.events.next(this.spec.owner.report(news));
  }
}
