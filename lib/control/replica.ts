import { type Observable, skip, type Subscription } from 'rxjs';
import type { Clock } from '../clock.js';
import type { HostSettings } from '../config.js';
import { commandLost, pluginFailed, pluginHung, pluginQuiet, type RxportError } from '../errors.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { Logger } from '../log.js';
import type { Supervision } from '../process/by-hand.js';
import { isStopped } from '../process/proc.js';
import type { Life } from '../process/spawn.js';
import type { ProcessState, RestartPolicy } from '../process/state.js';
import { type Control, controlKey, type Verb } from '../wire/control.js';
import type { PeerInfo } from '../wire/handshake.js';
import { ControlLine } from './control-line.js';
import type { ControlSocket } from './control-socket.js';
import { GoSinks } from './go-sinks.js';
import type { Runner } from './instance.js';
import type { Journal } from './journal.js';
import { START_TIMEOUT, STOCK_GO_LIMIT, STOP_TIMEOUT } from './limits.js';
import { Seldom } from './seldom.js';
import { QUIET } from './silence.js';
import { type Silent, SilenceWatch } from './silence-watch.js';
import { Stops } from './stops.js';
import { supervisionOf } from './supervision.js';

/** What it takes to run one version of a plugin. */
export interface ReplicaOptions {
  readonly plugin: InstalledPlugin;
  readonly spawn: (quit: AbortSignal) => Observable<Life>;
  readonly command: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: HostSettings;
  readonly policy?: RestartPolicy;
  /** Somebody else starts its process, in a debugger say: nothing here ends it, and it is gone when its connection is. */
  readonly byHand?: boolean;
  /** Of the plugin, whichever version and process of it this is. */
  readonly journal?: Journal;
}

export interface ReplicaHandler {
  /** A new process has shaken hands. */
  ready(replica: Replica): void;
  /** Its process is gone. */
  lost(replica: Replica): void;
  /** No process will come any more. */
  hopeless(replica: Replica, error: RxportError): void;
  /** Something in its process has been asked, and may keep it from saying anything else. */
  atWork(replica: Replica): boolean;
  /** Its process has died, and is to be started again now: false puts that off for a moment. */
  mayRetry(replica: Replica): boolean;
}

/** One supervised process of one version of a plugin, and its control line. */
export class Replica implements Runner {
  readonly plugin: InstalledPlugin;
  /** Hot, replays the newest. */
  readonly state$: Observable<ProcessState>;
  private readonly supervisor: Supervision;
  private readonly line: ControlLine;
  private readonly watch: Subscription;
  private readonly silence: SilenceWatch;
  /** How often the silence of the process is told, and whether that has been its end. */
  private readonly telling: Seldom;
  private hung = false;
  private peer: PeerInfo | undefined;
  private readonly goSinks: GoSinks;
  private readonly stops: Stops;

  constructor(
    readonly options: ReplicaOptions,
    private readonly socket: ControlSocket,
    private readonly handler: ReplicaHandler,
    readonly place = 0,
  ) {
    const { plugin, clock } = options;
    this.plugin = plugin;
    this.telling = new Seldom(clock, QUIET);
    this.goSinks = new GoSinks(clock);
    this.stops = new Stops(clock);
    this.silence = new SilenceWatch(clock, {
      busy: () => this.line.busy || this.handler.atWork(this),
      stopped: () => this.pid !== undefined && isStopped(this.pid),
      silent: (verdict, quiet) => this.silent(verdict, quiet),
    });
    this.supervisor = supervisionOf({
      ...options,
      expects: () => this.socket.expect(this.line),
      trouble: () => this.line.trouble,
      mayRetry: () => this.handler.mayRetry(this),
    });
    this.state$ = this.supervisor.state$;
    this.line = new ControlLine(
      {
        plugin: plugin.name,
        path: socket.path,
        clock,
        maxSend: () => this.maxSend,
        byHand: options.byHand,
      },
      {
        handshake: (info) => this.shaken(info),
        unanswered: (error) => this.end(error),
        heard: (keepalive) => this.silence.heard(keepalive),
      },
    );
    socket.add(this.line);
    this.watch = this.state$.pipe(skip(1)).subscribe((state) => this.follow(state));
  }

  get state(): ProcessState {
    return this.supervisor.state;
  }

  get ready(): boolean {
    return this.state.phase === 'ready';
  }

  get pid(): number | undefined {
    return this.state.phase === 'ready' && !this.options.byHand ? this.state.pid : undefined;
  }

  /** What the process said of itself when it shook hands; undefined until then. */
  get info(): PeerInfo | undefined {
    return this.peer;
  }

  /** True for a process of the Go SDK, which says nothing of itself. */
  get stockGo(): boolean {
    return this.plugin.manifest.language === 'go' && this.peer?.sdk === undefined;
  }

  /** Largest payload that the process takes, in bytes; undefined when only our own limit holds. */
  get maxSend(): number | undefined {
    return this.stockGo ? STOCK_GO_LIMIT : undefined;
  }

  start(): void {
    this.supervisor.start();
  }

  command(verb: Verb, control: Control, shared: () => boolean = () => false): Promise<void> {
    const answered = this.tell(verb, control, shared);
    return verb === 'stop' ? this.stops.add(answered) : answered;
  }

  /** Ends a process that no longer does its part; the next one gets everything that runs in it. */
  restart(error: RxportError): void {
    if (!this.options.byHand) return this.end(error);
    const { code, message } = error;
    this.options.log.warn({ plugin: this.plugin.name, code }, message);
  }

  /** A connection of it has fallen silent. */
  silent(verdict: Silent, quiet: number): void {
    const { name } = this.plugin;
    // The others fall silent with it.
    if (!this.ready || this.hung) return;
    if (verdict === 'hung' && !this.options.byHand) {
      this.hung = true;
      return this.restart(pluginHung(name, quiet));
    }
    if (!this.telling.due()) return;
    const { code, message } = pluginQuiet(name, quiet);
    this.options.log.warn({ plugin: name, code }, message);
  }

  /** How many sinks of it were stopped that spin until the process ends. */
  get spinning(): number {
    return this.goSinks.spinning;
  }

  get spins(): boolean {
    return this.spinning > 0;
  }

  /** Resolves when each STOP is answered and stopped sinks have worked off what they had read, after some seconds at most. */
  async workedOff(): Promise<void> {
    if (this.ready) await this.stops.answered(this.options.settings.stopTimeout ?? STOP_TIMEOUT);
    if (this.pid !== undefined) await this.goSinks.workedOff(this.pid);
  }

  /** SIGTERM, after a while SIGKILL; resolves when the process is gone. `start` may follow. */
  async stop(): Promise<void> {
    await this.workedOff();
    await this.supervisor.stop();
  }

  /** The same for good. */
  async close(): Promise<void> {
    await this.stop();
    this.watch.unsubscribe();
    this.silence.stop();
    this.socket.remove(this.line);
  }

  private end(error: RxportError): void {
    const { byHand, log, plugin } = this.options;
    if (!byHand) log.error({ plugin: plugin.name, code: error.code }, `${error.message}; restarting its process`);
    this.supervisor.kill(error);
  }

  private async tell(verb: Verb, control: Control, shared: () => boolean): Promise<void> {
    if (!this.ready) throw commandLost(this.plugin.name);
    const { startTimeout = START_TIMEOUT, stopTimeout = STOP_TIMEOUT } = this.options.settings;
    const [key, { goSinks }] = [controlKey(control), this];
    const stopsSink = verb === 'stop' && goSinks.ends(key);
    if (stopsSink) await this.collected(shared);
    if (verb === 'start' && control.pluginType === 'sink' && this.stockGo) goSinks.starts(key);
    try {
      await this.line.command(verb, control, verb === 'start' ? startTimeout : stopTimeout);
    } catch (error) {
      goSinks.ends(key);
      throw error;
    }
    if (stopsSink) goSinks.stops();
  }

  private async collected(shared: () => boolean): Promise<void> {
    const { pid } = this;
    if (pid === undefined) return;
    const certain = await this.goSinks.collected(pid, shared);
    // What ran there is gone, and a later process has nothing to stop.
    if (this.pid !== pid) throw commandLost(this.plugin.name);
    if (!certain) this.goSinks.doubt();
  }

  private shaken(info: PeerInfo): void {
    this.peer = info;
    this.silence.start();
    this.supervisor.handshake();
    this.handler.ready(this);
  }

  private follow(state: ProcessState): void {
    if (state.phase === 'ready' || state.phase === 'stopping') return;
    this.silence.stop();
    this.hung = false;
    this.goSinks.clear();
    this.options.journal?.follow(state);
    if (state.phase === 'starting') return;
    this.line.reset();
    this.handler.lost(this);
    if (state.phase === 'failed') this.handler.hopeless(this, pluginFailed(this.plugin.name, state.error));
  }
}
