import { BehaviorSubject, type Observable } from 'rxjs';
import { pluginBusy, pluginStopped, type RxportError } from '../errors.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { ProcessState } from '../process/state.js';
import type { TapOptions } from '../sp/tap.js';
import { controlPath } from '../wire/address.js';
import { changeOver, type LinkUpdate, type Updated } from './change-over.js';
import { ControlSocket } from './control-socket.js';
import { type Instance, type Runner, usersOf } from './instance.js';
import { Instances } from './instances.js';
import { Journal } from './journal.js';
import { lowerOf } from './limits.js';
import { windDown } from './park.js';
import { Recycler } from './recycler.js';
import { Replica, type ReplicaHandler, type ReplicaOptions } from './replica.js';
import { Replicas } from './replicas.js';
import { Seldom } from './seldom.js';
import { servingState } from './serving-state.js';
import type { Silent } from './silence-watch.js';

export interface LinkOptions extends ReplicaOptions, TapOptions {
  /** Folder of the plugin's sockets: `/tmp` for stock SDKs. `tap` is for its control channel. */
  readonly ipcDir: string;
}

/** A plugin as the rest of the host sees it: its process, its control channel, and what runs in it. */
export class PluginLink {
  readonly ipcDir: string;
  readonly name: string;
  /** Hot, replays the newest: of the process that serves. */
  readonly state$: Observable<ProcessState>;
  readonly journal: Journal;
  private readonly socket: ControlSocket;
  /** Its further processes. */
  readonly others: Replicas;
  private readonly instances: Instances;
  private readonly serving: BehaviorSubject<Replica>;
  /** The version that an update is about to bring. */
  private incoming: Replica | undefined;
  /** Why no process will come. */
  private hopeless: RxportError | undefined;
  private readonly closing = new AbortController();
  private readonly recycler: Recycler;
  /** Restarts of a process for the sake of its symbols. */
  private readonly escalation: Seldom;
  private halted = false;
  private readonly handler: ReplicaHandler = {
    ready: (replica) => {
      if (replica !== this.replica) return;
      this.instances.ready(replica);
      this.others.check();
    },
    lost: (replica) => {
      this.instances.lost(replica);
      // What it was told, and had not answered.
      this.others.spread();
    },
    hopeless: (replica, error) =>
      replica === this.replica && this.giveUp(error, (instance) => this.others.answer(instance)),
    atWork: (replica) => this.instances.in(replica).some((instance) => instance.atWork?.(replica) === true),
    mayRetry: (replica) => this.others.mayRetry(replica),
  };

  constructor(given: LinkOptions) {
    const { plugin, ipcDir, clock, log } = given;
    const { name } = plugin;
    this.journal = new Journal(name, clock, log);
    this.escalation = new Seldom(clock, 60_000);
    const options = { ...given, journal: this.journal };
    this.name = name;
    this.ipcDir = ipcDir;
    this.socket = new ControlSocket(controlPath(ipcDir, name), clock, options.tap);
    const instances = (this.instances = new Instances((instance) => this.others.spread([instance])));
    this.serving = new BehaviorSubject(new Replica(options, this.socket, this.handler));
    this.others = new Replicas(options, {
      instances,
      socket: this.socket,
      first: () => this.replica,
      unanswered: (instance) => (this.hopeless === undefined ? instance.lost() : instance.refused(this.hopeless)),
    });
    this.recycler = new Recycler({
      name,
      clock,
      log,
      paused: () => this.incoming !== undefined || this.halted || this.closing.signal.aborted || given.byHand === true,
      replica: () => this.replica,
      idle: () => instances.in(this.replica).every((instance) => usersOf(instance).length === 0),
      aside: (work) => this.others.aside(work),
      renew: (signal) => this.renew(signal),
    });
    this.state$ = servingState(this.serving, name, log);
  }

  /** The version that serves. */
  get plugin(): InstalledPlugin {
    return this.replica.plugin;
  }

  get state(): ProcessState {
    return this.replica.state;
  }

  /** Largest payload, in bytes, that all its processes take, in an update those of both versions; undefined is our own limit. */
  get maxSend(): number | undefined {
    return [this.incoming?.maxSend, this.others.maxSend].reduce(lowerOf, this.replica.maxSend);
  }

  /** True when its sources wait while they are not read: the stock SDKs give up on a send after a second. */
  get patient(): boolean {
    return this.replica.info?.sdk !== undefined;
  }

  /** True when an empty message must not be sent: pynng raises on one, and the SDK ends the symbol without a word. */
  get refusesEmpty(): boolean {
    return this.plugin.manifest.language === 'python';
  }

  /** The rules that have a source or a sink in it, or have called a function of it. */
  get usedBy(): readonly string[] {
    return this.instances.users();
  }

  /** What runs in it. */
  get running(): readonly Instance[] {
    return this.instances.list();
  }

  /** Binds the control channel, then starts the process. Rejects when the address can not be bound. */
  async open(): Promise<void> {
    await this.socket.open();
    this.start();
  }

  /** Starts those of its processes that have failed or were stopped anew. */
  start(): void {
    this.halted = false;
    this.hopeless = undefined;
    this.replica.start();
    void this.others.retry();
  }

  /** Ends its processes until `start`, also one that has failed; what runs in it is stopped before, and waits. */
  async stop(): Promise<void> {
    const { instances, others, name } = this;
    this.halted = true;
    await this.recycler.settle(pluginStopped(name));
    await others.aside(() => windDown(instances, this.replica, () => others.stop(), pluginStopped(name)));
    this.hopeless = undefined;
  }

  /**
   * START now or as soon as a process is ready, and again for each later process, until `detach`. Refused when no process
   * will come: after a crash loop, or when the plugin is removed.
   */
  attach(instance: Instance): void {
    this.instances.add(instance);
    if (this.hopeless !== undefined) instance.refused(this.hopeless);
  }

  /** STOP; resolves when it is answered, or with false when the process is gone. */
  detach(instance: Instance): Promise<boolean> {
    return this.instances.remove(instance).finally(() => this.recycler.check());
  }

  /** A second STOP for a symbol that was not registered yet when the first one came. */
  stopAgain(instance: Instance): Promise<boolean> {
    return this.instances.stop(instance);
  }

  /** START again for a symbol that died in a living process. */
  async revive(instance: Instance): Promise<void> {
    await this.instances.revive(instance);
    if (this.hopeless !== undefined) instance.refused(this.hopeless);
  }

  /** A symbol dies again and again: restarts the process, at most once a minute for all of them, else the symbol. */
  async escalate(instance: Instance, error: RxportError): Promise<void> {
    if (this.replica.options.byHand || !this.escalation.due()) return this.revive(instance);
    this.restart(error);
  }

  /** Ends a process that no longer does its part; the next one gets everything that runs in it. */
  restart(error: RxportError, runner?: Runner): void {
    this.others.of(runner, this.incoming)?.restart(error);
  }

  /** True while something that runs in a process has been asked, and may keep it from saying anything else. */
  atWork(runner?: Runner): boolean {
    const replica = this.others.find(runner);
    return replica === undefined ? this.handler.atWork(this.replica) : this.others.atWork(replica);
  }

  /** A connection of a process has fallen silent. */
  silent(verdict: Silent, quiet: number, runner?: Runner): void {
    this.others.of(runner, this.incoming)?.silent(verdict, quiet);
  }

  /**
   * Another version serves from now on. Rejects with why it does not, and then nothing has changed: until everything has
   * moved, this version stays.
   */
  async update(next: ReplicaOptions, options: LinkUpdate): Promise<Updated> {
    options.signal.throwIfAborted();
    while (this.recycler.working) await this.recycler.settle(pluginBusy(this.name));
    return this.change(next, options);
  }

  /** A second process of the same version takes everything over. */
  private renew(signal: AbortSignal): Promise<Updated> {
    const closing = this.closing.signal;
    return this.change(this.replica.options, { strategy: 'overlap', signal, closing, commit: async () => undefined });
  }

  private async change(next: ReplicaOptions, options: LinkUpdate): Promise<Updated> {
    const { socket, handler, journal, instances, others } = this;
    const to = (this.incoming = new Replica({ ...next, journal }, socket, handler));
    const serves = (): void => {
      this.halted = false;
      this.hopeless = undefined;
      this.serving.next(to);
    };
    try {
      return await changeOver({ instances, others, from: this.replica, to, serves }, options);
    } finally {
      this.incoming = undefined;
      this.recycler.check();
    }
  }

  /** Ends the process and frees the control address; what still runs in it is refused. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.recycler.settle(pluginStopped(this.name));
    await Promise.all([this.replica.stop(), this.others.close()]);
    this.giveUp(pluginStopped(this.name));
    await this.replica.close();
    await this.socket.close();
    this.journal.close();
  }

  private get replica(): Replica {
    return this.serving.value;
  }

  private giveUp(error: RxportError, runs?: (instance: Instance) => boolean): void {
    this.hopeless = error;
    this.instances.refuseAll(error, runs);
  }
}
