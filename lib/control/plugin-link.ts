import type { Observable, Subscription } from 'rxjs';
import type { Clock } from '../clock.js';
import type { HostSettings } from '../config.js';
import { pluginFailed, pluginStopped, type RxportError, userError } from '../errors.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { Logger } from '../log.js';
import { guarded } from '../process/guarded.js';
import type { Life } from '../process/spawn.js';
import type { ProcessState, RestartPolicy } from '../process/state.js';
import { Supervisor } from '../process/supervisor.js';
import { controlPath } from '../wire/address.js';
import type { PeerInfo } from '../wire/handshake.js';
import { ControlChannel } from './control-channel.js';
import { type Instance, Instances } from './instances.js';

export interface LinkOptions {
  readonly plugin: InstalledPlugin;
  /** Folder of the plugin's sockets: `/tmp` for stock SDKs. */
  readonly ipcDir: string;
  readonly spawn: () => Observable<Life>;
  readonly command: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: HostSettings;
  readonly policy?: RestartPolicy;
}

/** mangos closes a connection without a word on a larger message, and the Go SDK never raises its default. */
const STOCK_GO_LIMIT = 1024 * 1024;

/** Milliseconds until an unanswered START or STOP restarts the process. */
const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 5_000;

/** A plugin as the rest of the host sees it: its process, its control channel, and what runs in it. */
export class PluginLink {
  readonly plugin: InstalledPlugin;
  readonly ipcDir: string;
  /** Hot, replays the newest. */
  readonly state$: Observable<ProcessState>;
  private readonly supervisor: Supervisor;
  private readonly control: ControlChannel;
  private readonly instances: Instances;
  private readonly watch: Subscription;
  private peer: PeerInfo | undefined;
  /** Why no process will come. */
  private hopeless: RxportError | undefined;

  constructor(private readonly options: LinkOptions) {
    const { plugin, ipcDir, clock, log, settings } = options;
    const { name } = plugin;
    this.plugin = plugin;
    this.ipcDir = ipcDir;
    this.supervisor = new Supervisor({
      ...options,
      name,
      handshakeTimeout: settings.handshakeTimeout,
      grace: settings.killTimeout,
      line: (stream, text) => log.info({ plugin: name, stream }, text),
    });
    this.state$ = guarded(this.supervisor.state$, (thrown) =>
      log.error({ plugin: name }, userError(`a subscriber of plugin ${name}`, thrown).message),
    );
    this.control = new ControlChannel(
      name,
      controlPath(ipcDir, name),
      clock,
      { handshake: (info) => this.shaken(info), unanswered: (error) => this.restart(error) },
      () => this.maxSend,
    );
    this.instances = new Instances((verb, control) => this.control.command(verb, control, this.timeoutOf(verb)));
    this.watch = this.supervisor.state$.subscribe((state) => this.follow(state));
  }

  get name(): string {
    return this.plugin.name;
  }

  get state(): ProcessState {
    return this.supervisor.state;
  }

  /** What the process said of itself when it shook hands; undefined until then. */
  get info(): PeerInfo | undefined {
    return this.peer;
  }

  /** Largest payload that the process takes, in bytes; undefined when only our own limit holds. */
  get maxSend(): number | undefined {
    const stockGo = this.plugin.manifest.language === 'go' && this.peer?.sdk === undefined;
    return stockGo ? STOCK_GO_LIMIT : undefined;
  }

  /** True when an empty message must not be sent: pynng raises on one, and the SDK ends the symbol without a word. */
  get refusesEmpty(): boolean {
    return this.plugin.manifest.language === 'python';
  }

  /** The rules that have a source or a sink in it, or have called a function of it. */
  get usedBy(): readonly string[] {
    return this.instances.users();
  }

  /** Binds the control channel, then starts the process. Rejects when the address can not be bound. */
  async open(): Promise<void> {
    await this.control.open();
    this.supervisor.start();
  }

  /**
   * START now or as soon as a process is ready, and again for each later process, until `detach`. Refused when no process
   * will come: after a crash loop, or when the plugin is removed.
   */
  attach(instance: Instance): void {
    this.instances.add(instance);
    if (this.hopeless !== undefined) instance.refused(this.hopeless);
  }

  /** STOP; resolves when it is answered or the process is gone. */
  detach(instance: Instance): Promise<void> {
    return this.instances.remove(instance);
  }

  /** A second STOP for a symbol that was not registered yet when the first one came. */
  stopAgain(instance: Instance): Promise<void> {
    return this.instances.stop(instance);
  }

  /** START again for a symbol that died in a living process. */
  async revive(instance: Instance): Promise<void> {
    await this.instances.revive(instance);
    if (this.hopeless !== undefined) instance.refused(this.hopeless);
  }

  /** Ends a process that no longer does its part; the next one gets everything that runs in it. */
  restart(error: RxportError): void {
    this.options.log.error({ plugin: this.name, code: error.code }, `${error.message}; restarting its process`);
    this.supervisor.kill();
  }

  /** Ends the process and frees the control address; what still runs in it is refused. */
  async close(): Promise<void> {
    await this.supervisor.stop();
    this.watch.unsubscribe();
    this.hopeless = pluginStopped(this.name);
    this.instances.refuseAll(this.hopeless);
    await this.control.close();
  }

  private timeoutOf(verb: 'start' | 'stop'): number {
    const { startTimeout = START_TIMEOUT, stopTimeout = STOP_TIMEOUT } = this.options.settings;
    return verb === 'start' ? startTimeout : stopTimeout;
  }

  private shaken(info: PeerInfo): void {
    // A reconnection of the living process: its symbols still run, a replay would double them.
    if (this.state.phase !== 'starting') return;
    this.peer = info;
    this.supervisor.handshake();
    this.instances.replay();
  }

  private follow(state: ProcessState): void {
    if (state.phase === 'ready' || state.phase === 'stopping') return;
    // Before a start too: who is connected then is not the process that is about to come.
    this.control.reset();
    if (state.phase === 'starting') {
      this.hopeless = undefined;
      return;
    }
    this.instances.lost();
    if (state.phase === 'stopped') return;
    const { error, phase } = state;
    this.options.log.error({ plugin: this.name, code: error.code, phase }, error.message);
    if (phase === 'backoff') return;
    this.hopeless = pluginFailed(this.name, error);
    this.instances.refuseAll(this.hopeless);
  }
}
