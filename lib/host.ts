import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { systemClock } from './clock.js';
import { checkOptions, type HostSettings } from './config.js';
import { PluginSet } from './control/plugin-set.js';
import type { Plugins } from './control/plugins.js';
import { eachStep } from './each-step.js';
import { hostStopped, ruleExists, ruleUnknown, shareExists } from './errors.js';
import { pluginFolders } from './install/install.js';
import { PluginStore } from './install/plugin-store.js';
import { jsonLogger, type Logger, safeLogger, untilClosing } from './log.js';
import { type Claim, claimFolder } from './process/claim.js';
import { pluginEnvironment } from './process/environment.js';
import { commandRunner } from './process/run-command.js';
import { findSetpriv } from './process/setpriv.js';
import { SpawnRecords } from './process/spawn-records.js';
import { Registry } from './registry/registry.js';
import { ruleContext } from './rule/context.js';
import { defineRule, type RuleBody, type RuleDefinition, type RuleOptions } from './rule/define.js';
import type { SinkFactory, SourceFactory } from './rule/factories.js';
import { Outside } from './rule/outside.js';
import type { Rule } from './rule/rule.js';
import type { RuleRun } from './rule/run.js';
import { type RuleDeps, RunningRule } from './rule/running-rule.js';
import type { ShareBody, Shared, ShareOptions } from './rule/shared.js';
import { Shares } from './rule/shares.js';
import { openNanomsgTransport } from './sp/nanomsg.js';
import { nativeTransport } from './sp/native.js';
import type { Transport } from './sp/transport.js';
import { FunctionPool, type SharedFunction } from './symbol/function-pool.js';
import { type RemoteFunction, remoteFunction, type RemoteFunctionOptions } from './symbol/remote-function.js';
import { Remotes } from './symbol/remotes.js';

export interface HostOptions extends HostSettings {
  /** Where the host and the output of its plugins are logged; default JSON lines on stderr from `warn` up. */
  readonly logger?: Logger;
  /** Gives the start up; means nothing to a host that has started. */
  readonly signal?: AbortSignal;
}

/** Owns plugins and rules. One per data folder. */
export class Host implements AsyncDisposable {
  /**
   * Takes the data folder, kills what a host that died has left running, loads the plugins and starts each one's process;
   * does not wait for their handshakes.
   * Rejects with `ERR_CONFIG_INVALID`, `ERR_DATA_FOLDER`, `ERR_HOST_LOCKED`, `ERR_TRANSPORT_MISSING`, and with the reason of
   * its signal: then the folder is free and no process is left. A plugin that is broken does not stop the host.
   */
  static async start(options: HostOptions): Promise<Host> {
    checkOptions(options);
    options.signal?.throwIfAborted();
    const transport = options.transport === 'nanomsg' ? await openNanomsgTransport() : nativeTransport;
    const dir = resolve(options.dir);
    const claim = await claimFolder(dir, options.ipcDir);
    const host = new Host(options, dir, claim, transport);
    try {
      options.signal?.throwIfAborted();
      // Waits for no plugin, so that it need not be cut short.
      await host.load();
      options.signal?.throwIfAborted();
    } catch (error) {
      await host.stop();
      throw error;
    }
    return host;
  }

  readonly plugins: Plugins;
  /** A source outside a rule; its subscriptions end with the host. Errors and events are those of a rule's source. */
  readonly source: SourceFactory;
  /**
   * A sink outside a rule; drained when the host stops. What goes wrong with it, and what its queue drops, is logged. It holds
   * no source back: `pressure$` says when it is behind.
   */
  readonly sink: SinkFactory;
  private readonly outside: RuleRun;
  private readonly records: SpawnRecords;
  private readonly pluginSet: PluginSet;
  private readonly functions: FunctionPool;
  private readonly remotes: Remotes;
  private readonly running = new Map<string, RunningRule>();
  private readonly shares: Shares;
  private readonly log: Logger;
  private readonly hostId = randomBytes(3).toString('hex');
  /** Aborted when the plugins are to end. */
  private readonly closing = new AbortController();
  private count = 0;
  private stopped: Promise<void> | undefined;

  /** The arrow: install, registry, process, control, channel, symbol, rule. */
  private constructor(
    private readonly options: HostOptions,
    dir: string,
    private readonly claim: Claim,
    transport: Transport,
  ) {
    const { ipcDir } = claim;
    const clock = systemClock;
    const log = (this.log = safeLogger(options.logger ?? jsonLogger()));
    const closing = this.closing.signal;
    const registry = new Registry();
    const functions = (this.functions = new FunctionPool(clock));
    const retire = (symbols: readonly string[]): Promise<void> => functions.close(symbols);
    const setpriv = findSetpriv();
    const records = (this.records = new SpawnRecords(dir, { clock, log }));
    const env = (): Readonly<Record<string, string>> => pluginEnvironment(process.env, options.env);
    const run = commandRunner({ records, clock, setpriv, env });
    const store = new PluginStore({ folders: pluginFolders(dir), clock, log, run, settings: options, closing });
    this.pluginSet = new PluginSet({
      registry,
      store,
      closing,
      settings: options,
      ipcDir,
      setpriv,
      records,
      clock,
      log: untilClosing(log, closing),
      retire,
    });
    this.plugins = this.pluginSet;
    const find: PluginSet['find'] = (kind, symbol) => this.pluginSet.find(kind, symbol);
    this.remotes = new Remotes({ find, functions, transport, clock, etcDir: join(dir, 'etc') });
    this.outside = new Outside({
      clock,
      log,
      flushTimeout: options.flushTimeout,
      opId: () => this.nextId(),
      callId: this.hostId,
    });
    const { source, sink } = ruleContext(this.remotes, this.outside);
    this.source = source;
    this.sink = sink;
    this.shares = new Shares({ clock, log, outside: this.outside, launch: (...rule) => this.launch(...rule) });
  }

  /** The rules that have not ended. */
  get rules(): readonly Rule[] {
    return [...this.running.values()];
  }

  /**
   * Starts a rule: what `defineRule` made, or an id with its body. Throws `ERR_NAME_INVALID`, `ERR_RULE_EXISTS`,
   * `ERR_HOST_STOPPED`; what goes wrong in the body shows in the rule's status.
   */
  rule(definition: RuleDefinition): Rule;
  rule(id: string, body: RuleBody, options?: RuleOptions): Rule;
  rule(...defined: [RuleDefinition] | Parameters<typeof defineRule>): Rule {
    const definition = defined.length === 1 ? defined[0] : defineRule(...defined);
    if (this.stopped !== undefined) throw hostStopped();
    if (this.running.has(definition.id)) throw ruleExists(definition.id);
    if (this.shares.has(definition.id)) throw shareExists(definition.id);
    const rule = this.launch(definition);
    this.running.set(definition.id, rule);
    void rule.done.then(() => this.running.delete(definition.id));
    rule.start();
    return rule;
  }

  /**
   * One stream for many rules: `body` runs once while any of them takes it, and each has a bounded queue of its own. Its name
   * is that of a rule: what plugins are told, and in the ledgers. Throws `ERR_NAME_INVALID`, `ERR_OPERATOR_OPTION`,
   * `ERR_RULE_EXISTS`, `ERR_HOST_STOPPED`; what goes wrong in the body is the error of its subscribers.
   */
  share<T>(name: string, body: ShareBody<T>, options?: ShareOptions): Shared<T> {
    if (this.stopped !== undefined) throw hostStopped();
    if (this.running.has(name)) throw ruleExists(name);
    return this.shares.define(name, body, options);
  }

  /** A rule that has not ended. Throws `ERR_RULE_UNKNOWN`. */
  getRule(id: string): Rule {
    const rule = this.running.get(id);
    if (rule === undefined) throw ruleUnknown(id, [...this.running.keys()]);
    return rule;
  }

  /**
   * A function of a plugin, to be called outside a rule; once that plugin is gone, of the one that has the symbol then. Throws
   * `ERR_SYMBOL_UNKNOWN`, `ERR_OPERATOR_OPTION`, `ERR_HOST_STOPPED`.
   */
  function(symbol: string, options?: RemoteFunctionOptions): RemoteFunction {
    const find = (): SharedFunction => this.functions.get(symbol, this.pluginSet.find('function', symbol));
    return remoteFunction(find, this.outside, options);
  }

  /**
   * Stops rules and shares with flush, then the plugins; resolves when every process is gone and the folder is free. `signal`
   * cuts the flush short, and the drain of the sinks.
   */
  async stop({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.stopped === undefined) {
      // Set before it begins: who hears of it may ask for a rule at once, or for the stop.
      let begun: (end: Promise<void>) => void = () => undefined;
      this.stopped = new Promise((resolve) => (begun = resolve));
      begun(this.shut());
    }
    const cut = (): void => {
      for (const rule of this.running.values()) rule.abandon();
      this.shares.cut();
      this.outside.abandon();
    };
    if (signal?.aborted === true) cut();
    signal?.addEventListener('abort', cut);
    try {
      await this.stopped;
    } finally {
      signal?.removeEventListener('abort', cut);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private launch(definition: RuleDefinition, named: Pick<RuleDeps, 'title' | 'memory'> = {}): RunningRule {
    return new RunningRule(definition, {
      clock: systemClock,
      log: this.log,
      context: (run) => ruleContext(this.remotes, run),
      opId: () => this.nextId(),
      flushTimeout: this.options.flushTimeout,
      ...named,
    });
  }

  private async load(): Promise<void> {
    await this.records.reap();
    await this.pluginSet.autoload();
  }

  private shut(): Promise<void> {
    // First, as it is above them: what it has read is theirs, and they take it while they stop.
    const shares = this.shares.stop();
    return eachStep(
      () => [...this.running.values()].map((rule) => rule.stop()),
      () => [this.outside.stop({ flush: true }), shares],
      () => [this.functions.close()],
      () => [this.closing.abort(hostStopped()), this.pluginSet.close()],
      () => [this.records.settled()],
      () => [this.claim.release()],
    );
  }

  /** Six hex digits of this host and a counter: unique on this machine, and short in a socket path. */
  private nextId(): string {
    return this.hostId + (this.count++).toString(36);
  }
}
