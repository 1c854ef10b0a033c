import { firstValueFrom, fromEvent, merge, NEVER, Subscription } from 'rxjs';
import { after, dateOf } from '../clock.js';
import { pluginHung, reasonOf, symbolNotConnected } from '../errors.js';
import type { ProcessState } from '../process/state.js';
import type { ControlSocket } from './control-socket.js';
import { type HoldDown, holdDown } from './hold-down.js';
import { type Instance, lacks, type Runner } from './instance.js';
import type { Instances } from './instances.js';
import { Replica, type ReplicaHandler, type ReplicaOptions } from './replica.js';
import { mayFollow, mayLead, nextToStart, replicasOf } from './turns.js';

export interface ReplicasParts {
  readonly instances: Instances;
  readonly socket: ControlSocket;
  /** The process in which everything runs. */
  readonly first: () => Replica;
  /** No process answers this function any longer. */
  readonly unanswered: (function_: Instance) => void;
}

/** Milliseconds for which a first process waits for a replica that is coming and does not come. */
const PATIENCE = 5_000;
/** Milliseconds for which processes stay that nobody asks for any longer: a rule may be about to start again. */
const LINGER = 10_000;

/**
 * The further processes of a plugin: they run its functions, and nothing else.
 *
 * One after another is started, so that at most one process of the plugin lacks its handshake. Should two come at once
 * all the same, the one that was expected first may be taken for the other. Between replicas that means nothing, since
 * they are told the same; a first process that was mistaken loses its connection with the other one, and is restarted.
 */
export class Replicas {
  private all: Replica[] = [];
  private readonly wishes = new Set<{ readonly count: number }>();
  /** While the first process changes. */
  private held: readonly HoldDown[] | undefined;
  private closed = false;
  /** One START after the other: who connects is who was told last. */
  private starts: Promise<void> = Promise.resolve();
  private readonly leaving = new Set<Promise<void>>();
  private lingering = Subscription.EMPTY;
  /** Since when the first process waits for its turn. */
  private waitsSince: number | undefined;
  private readonly handler: ReplicaHandler = {
    ready: (replica) => {
      for (const one of this.functions) this.start(one, replica);
      this.check();
    },
    lost: (replica) => this.lost(replica),
    // It has logged why; the others serve.
    hopeless: () => this.check(),
    atWork: (replica) => this.atWork(replica),
    mayRetry: (replica) => this.mayRetry(replica),
  };

  constructor(
    private options: ReplicaOptions,
    private readonly parts: ReplicasParts,
  ) {
    this.resize();
  }

  get states(): readonly ProcessState[] {
    return this.all.map(({ state }) => state);
  }

  /** The replica that `runner` is, if it is one. */
  find(runner: Runner | undefined): Replica | undefined {
    return this.all.find((one) => one === runner);
  }

  /** Which process `runner` is, the first one where that is not known; none when it is ending or gone. */
  of(runner: Runner | undefined, incoming?: Replica): Replica | undefined {
    const first = this.parts.first();
    return runner === undefined ? first : [first, incoming, ...this.all].find((one) => one === runner);
  }

  /** True while a function runs in a replica. */
  answer(instance: Instance): boolean {
    return this.all.some((one) => one.ready && this.parts.instances.accepted(instance, one));
  }

  /** A call is out in it. */
  atWork(replica: Replica): boolean {
    return this.functions.some((one) => one.atWork?.(replica) === true);
  }

  /** At least `count` processes with the first one, until the returned function is called. */
  wish(count: number): () => void {
    const wish = { count };
    this.wishes.add(wish);
    this.resize();
    return () => {
      if (!this.wishes.delete(wish) || this.closed) return;
      this.lingering.unsubscribe();
      this.lingering = after(this.options.clock, LINGER, () => this.resize());
    };
  }

  /** Starts the next one if its turn has come. */
  check(): void {
    if (this.held !== undefined || this.closed) return;
    const next = nextToStart(this.parts.first().state, this.states);
    if (next !== undefined) this.all[next]?.start();
  }

  /** Those that have failed come anew, each in its turn. */
  async retry(): Promise<void> {
    await Promise.all(this.all.filter(({ state }) => state.phase === 'failed').map((one) => one.stop()));
    this.check();
  }

  /** Has the functions that lack there started in each replica. */
  spread(instances: readonly Instance[] = this.parts.instances.list()): void {
    for (const one of instances.filter(isFunction)) for (const replica of this.all) this.start(one, replica);
  }

  /** Whether a process that has died may be started again now. */
  mayRetry(replica: Replica): boolean {
    const { clock } = this.options;
    const others = this.all.filter((one) => one !== replica);
    const states = others.map(({ state }) => state);
    if (others.length < this.all.length) return mayFollow(this.parts.first().state, states, dateOf(clock));
    if (mayLead(states)) {
      this.waitsSince = undefined;
      return true;
    }
    this.waitsSince ??= clock.now();
    if (clock.now() - this.waitsSince < PATIENCE) return false;
    for (const one of others) if (one.state.phase === 'starting') one.restart(pluginHung(one.plugin.name, PATIENCE));
    this.waitsSince = undefined;
    return false;
  }

  /** Until `release` none is started: nobody could tell it from the one that takes the place of the first process. */
  private async hold(signal?: AbortSignal): Promise<void> {
    this.held = this.all.map(holdDown);
    await Promise.all(this.all.filter(({ state }) => state.phase === 'starting').map((one) => one.stop()));
    const aborted = signal === undefined ? NEVER : fromEvent(signal, 'abort');
    if (signal?.aborted !== true) await firstValueFrom(merge(this.starts, aborted));
  }

  private async release(): Promise<void> {
    await Promise.all((this.held ?? []).map((hold) => hold.release()));
    this.held = undefined;
    this.resize();
    this.spread();
  }

  /** Does it while none of them comes, nor is told to start something; `signal` ends the wait for that. */
  async aside<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.hold(signal);
    try {
      return await work();
    } finally {
      await this.release();
    }
  }

  /** Ends them all; they come again after it. Only `aside`. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((one) => one.stop()));
  }

  /** Others of another version, in their place. */
  async renew(options: ReplicaOptions): Promise<void> {
    const old = this.all;
    this.options = options;
    this.all = [];
    await Promise.all(old.map((one) => one.close()));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.lingering.unsubscribe();
    await Promise.all([...this.leaving, ...this.all.map((one) => one.close())]);
  }

  private get functions(): readonly Instance[] {
    return this.parts.instances.list().filter(isFunction);
  }

  private resize(): void {
    if (this.held !== undefined || this.closed) return;
    const { plugin, settings } = this.options;
    const wishes = [...this.wishes].map(({ count }) => count);
    const further = replicasOf(plugin, settings, wishes);
    while (this.all.length < further) this.all.push(new Replica(this.options, this.parts.socket, this.handler));
    for (const surplus of this.all.splice(further)) this.dismiss(surplus);
    this.check();
  }

  /** It answers what it has been asked, and ends. */
  private dismiss(replica: Replica): void {
    const answered = Promise.all(this.functions.flatMap(({ crew }) => crew?.dismiss(replica) ?? []));
    const left = answered.then(() => replica.close());
    this.leaving.add(left);
    void left.then(() => this.leaving.delete(left));
  }

  private start(instance: Instance, replica: Replica): void {
    this.starts = this.starts.then(() => this.startNow(instance, replica));
  }

  /** Never rejects: what a replica refuses is not the end of a function that runs elsewhere. */
  private async startNow(instance: Instance, replica: Replica): Promise<void> {
    const { instances } = this.parts;
    if (!(await this.isDue(instance, replica))) return;
    const waits = !this.isAnswered(instance);
    try {
      await instances.startIn(instance, replica);
    } catch (error) {
      const { name } = replica.plugin;
      const { symbolName } = instance.control;
      this.options.log.warn({ plugin: name }, `a replica does not run ${symbolName}: ${reasonOf(error)}`);
      return;
    }
    if (waits && instances.accepted(instance, replica)) instance.started();
    const missing = await instance.crew?.missing(replica);
    if (missing !== undefined && replica.ready)
      replica.restart(symbolNotConnected(replica.plugin.name, instance.control.symbolName, missing));
  }

  private async isDue(instance: Instance, replica: Replica): Promise<boolean> {
    const { instances, first } = this.parts;
    // Told to the first process, and not answered: when it is, it is spread.
    if (first().ready && !instances.accepted(instance, first())) return false;
    if (first().ready) await instance.crew?.missing(first());
    const { held } = this;
    if (held !== undefined || this.closed || !replica.ready || this.find(replica) === undefined) return false;
    if (lacks(replica.plugin, instance) || !instances.list().includes(instance)) return false;
    return !instances.accepted(instance, replica);
  }

  private isAnswered(instance: Instance): boolean {
    return this.parts.instances.accepted(instance, this.parts.first()) || this.answer(instance);
  }

  private lost(replica: Replica): void {
    const { instances, unanswered } = this.parts;
    const had = this.functions.filter((one) => instances.accepted(one, replica));
    instances.lost(replica);
    for (const one of had) if (!this.isAnswered(one)) unanswered(one);
    this.check();
  }
}

const isFunction = ({ control }: Instance): boolean => control.pluginType === 'func';
