import { Subscription } from 'rxjs';
import { FunctionChannel } from '../channel/function-channel.js';
import { after, type Clock } from '../clock.js';
import type { Crew, HandOver, Instance, Runner } from '../control/instance.js';
import type { PluginLink } from '../control/plugin-link.js';
import { callsUnanswered, hostStopped, pluginStopped, type RxportError, symbolNotConnected } from '../errors.js';
import type { WireTap } from '../sp/tap.js';
import { DEFAULT_OVERFLOW } from '../stage.js';
import { functionPath } from '../wire/address.js';
import { functionControl } from '../wire/control.js';
import { Comebacks } from './comebacks.js';

/** Milliseconds from the `ok` of a function to its handshake on its own channel. */
const ARRIVAL = 5_000;
/** The same for one that may have come while this process stood still: what it has sent is read first. */
const AT_THE_DOOR = 100;

/** Calls from outside of rules without an answer; as many as wait in a call of a rule where nothing else is said. */
const MOST_OUTSIDE = DEFAULT_OVERFLOW.size;

/** Hears of the comings and goings of a function. */
export interface FunctionWatcher {
  readonly ruleId: string;
  started(): void;
  refused(error: RxportError): void;
  lost(): void;
}

/** A function of a plugin, shared by every rule: one channel, opened on first use, kept until the plugin goes. */
export class SharedFunction implements Instance, HandOver, Crew {
  readonly control;
  readonly handOver: HandOver = this;
  readonly crew: Crew = this;
  readonly channel: FunctionChannel;
  private readonly watchers = new Set<FunctionWatcher>();
  private opening: Promise<void> | undefined;
  private state: 'waiting' | 'started' | RxportError = 'waiting';
  private gone = false;
  /** How many calls from outside of rules have no answer. */
  private outside = 0;
  /** It is about to be asked for again. */
  private asking = Subscription.EMPTY;
  private readonly comebacks: Comebacks;
  /** Processes that have lost their connection since they were told to connect. */
  private readonly leavers = new WeakSet<Runner>();

  constructor(
    readonly symbol: string,
    private readonly link: PluginLink,
    private readonly clock: Clock,
    tap?: WireTap,
  ) {
    this.control = functionControl(symbol);
    this.comebacks = new Comebacks(clock, {
      isBack: (runner) => this.channel.joined(runner, AT_THE_DOOR),
      again: (runner) => link.others.startAgain(this, runner),
    });
    this.channel = new FunctionChannel(functionPath(link.ipcDir, symbol), {
      symbol,
      clock,
      tap,
      maxSend: () => link.maxSend,
      // Before it is started nobody is to blame, and a START that is not answered restarts the process by itself.
      stuck: (error, runner) => this.state === 'started' && link.restart(error, runner),
      gone: (runner) => {
        this.leavers.add(runner);
        this.comebacks.gone(runner);
      },
      atWork: (runner) => link.atWork(runner),
      silent: (...silence) => link.silent(...silence),
    });
  }

  /**
   * Opens the channel if this is the first use, and tells `watcher` how it goes until the returned function is called:
   * nothing but that it has been started before this returns.
   */
  use(watcher: FunctionWatcher): () => void {
    this.watchers.add(watcher);
    this.opening ??= this.channel.open().then(
      () => this.link.attach(this),
      (error: RxportError) => {
        this.opening = undefined;
        this.refused(error);
      },
    );
    if (this.state === 'started') watcher.started();
    else if (this.state !== 'waiting') this.retry(this.state);
    return () => this.watchers.delete(watcher);
  }

  /** A call from outside of rules, until the returned function is called. Throws `ERR_QUEUE_OVERFLOW`: there are too many. */
  enter(): () => void {
    if (this.outside >= MOST_OUTSIDE) throw callsUnanswered(this.symbol, MOST_OUTSIDE);
    this.outside += 1;
    return () => (this.outside -= 1);
  }

  /** At least so many processes, until the returned function is called. */
  wish(replicas: number): () => void {
    return this.link.others.wish(replicas);
  }

  users(): readonly string[] {
    return [...this.watchers].map(({ ruleId }) => ruleId);
  }

  atWork(runner: Runner): boolean {
    return this.channel.atWork(runner);
  }

  starting(runner: Runner): void {
    this.leavers.delete(runner);
    this.channel.expect(runner);
  }

  started(): void {
    this.state = 'started';
    this.channel.moved();
    this.tell((watcher) => watcher.started());
  }

  refused(error: RxportError): void {
    this.state = error;
    this.tell((watcher) => watcher.refused(error));
  }

  lost(): void {
    // Its first process is gone, and others answer.
    if (this.link.others.answer(this)) return;
    this.state = 'waiting';
    this.tell((watcher) => watcher.lost());
  }

  // ---- Crew: several processes at once

  async missing(runner: Runner, timeout = ARRIVAL): Promise<number | undefined> {
    return (await this.channel.joined(runner, timeout)) ? undefined : timeout;
  }

  cameAndWent(runner: Runner): boolean {
    return this.leavers.has(runner);
  }

  comesBack(runner: Runner): boolean {
    return this.comebacks.awaits(runner);
  }

  dismiss(runner: Runner): Promise<void> {
    return this.channel.dismiss(runner);
  }

  // ---- HandOver: two versions of its plugin at once

  hold(): void {
    this.channel.hold();
  }

  async arrived(): Promise<void> {
    if (!(await this.channel.arrived(ARRIVAL))) throw symbolNotConnected(this.link.name, this.symbol, ARRIVAL);
  }

  cutOver(staying?: readonly Runner[]): Promise<number> {
    return this.channel.cutOver(staying);
  }

  cutBack(former?: readonly Runner[]): Promise<void> {
    return this.channel.cutBack(former);
  }

  settle(): void {
    this.channel.settle();
  }

  /** Nobody is to begin with it. */
  get closed(): boolean {
    return this.gone;
  }

  /** For good: what uses it is refused. */
  async close(): Promise<void> {
    this.gone = true;
    const error = pluginStopped(this.link.name);
    this.asking.unsubscribe();
    this.comebacks.stop();
    // It may still be being bound.
    await this.opening;
    await this.link.detach(this);
    this.refused(error);
    await this.channel.close(error);
  }

  /** Those who come meanwhile have been told already, and who has left hears nothing. */
  private tell(what: (watcher: FunctionWatcher) => void): void {
    for (const watcher of [...this.watchers]) if (this.watchers.has(watcher)) what(watcher);
  }

  /**
   * A START that was refused is tried again for each new use. On a later turn: who comes back as soon as it is refused
   * would leave the host no other one.
   */
  private retry({ code }: RxportError): void {
    this.state = 'waiting';
    this.asking = after(this.clock, 0, () => {
      if (this.state !== 'waiting' || this.opening === undefined) return;
      // It was put out by an update, and is still used: that was taken back.
      if (code === 'ERR_SYMBOL_REMOVED') this.link.attach(this);
      else void this.link.revive(this);
    });
  }
}

/** The functions in use, by symbol. */
export class FunctionPool {
  private readonly functions = new Map<string, SharedFunction>();
  private over = false;

  /** `tap` sees what goes over their channels. */
  constructor(
    private readonly clock: Clock,
    private readonly tap?: WireTap,
  ) {}

  /** Throws `ERR_HOST_STOPPED` once all are closed. */
  get(symbol: string, link: PluginLink): SharedFunction {
    if (this.over) throw hostStopped();
    const known = this.functions.get(symbol);
    if (known !== undefined) return known;
    const shared = new SharedFunction(symbol, link, this.clock, this.tap);
    this.functions.set(symbol, shared);
    return shared;
  }

  /** Closes the functions of one plugin, or all, for good. */
  async close(symbols?: readonly string[]): Promise<void> {
    this.over ||= symbols === undefined;
    const closing = [...(symbols ?? this.functions.keys())].flatMap((symbol) => this.functions.get(symbol) ?? []);
    for (const { symbol } of closing) this.functions.delete(symbol);
    await Promise.all(closing.map((shared) => shared.close()));
  }
}
