import { firstValueFrom, fromEvent, merge, NEVER } from 'rxjs';
import { dateOf } from '../clock.js';
import { pluginHung } from '../errors.js';
import type { ProcessState } from '../process/state.js';
import type { ControlSocket } from './control-socket.js';
import { type HoldDown, holdDown } from './hold-down.js';
import { type Instance, isFunction, type Runner } from './instance.js';
import type { Instances } from './instances.js';
import { lowerOf } from './limits.js';
import { Replica, type ReplicaHandler, type ReplicaOptions } from './replica.js';
import { Rolling } from './rolling.js';
import { Starts } from './starts.js';
import { mayFollow, mayLead, nextToStart, replicasOf } from './turns.js';
import { Wishes } from './wishes.js';

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

/**
 * The further processes of a plugin: they run its functions, and nothing else.
 *
 * One after another is started, so that at most one process of the plugin lacks its handshake. Should two come at once
 * all the same, the one that was expected first may be taken for the other. Between replicas that means nothing, since
 * they are told the same; a first process that was mistaken loses its connection with the other one, and is restarted.
 */
export class Replicas {
  private all: Replica[] = [];
  private readonly wishes: Wishes;
  /** While the first process changes. */
  private held: ReadonlyMap<Replica, HoldDown> | undefined;
  private closed = false;
  private readonly starts: Starts;
  /** While those of the version before give their places to others. */
  private rolling: Rolling | undefined;
  private readonly leaving = new Set<Promise<void>>();
  /** Since when the first process waits for its turn, by the back-off in which it does. */
  private readonly waits = new WeakMap<ProcessState, number>();
  private readonly handler: ReplicaHandler = {
    ready: (replica) => {
      for (const one of this.functions) this.starts.add(one, replica);
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
    this.wishes = new Wishes(options.clock, () => this.resize());
    this.starts = new Starts({
      ...parts,
      log: options.log,
      takes: (replica) => this.held === undefined && !this.closed && [parts.first(), ...this.all].includes(replica),
      isAnswered: (one) => this.isAnswered(one),
      settled: () => this.check(),
    });
    this.resize();
  }

  /** In an update those of the version before in their places, and behind them the new ones that have begun to come. */
  get states(): readonly ProcessState[] {
    return statesOf(this.rolling?.among() ?? this.all);
  }

  /** Those that may be called. */
  get serving(): readonly Replica[] {
    return [...this.all, ...(this.rolling?.serving ?? [])].filter(({ ready }) => ready);
  }

  /** Largest payload that all of them take, in bytes; undefined when only our own limit holds. */
  get maxSend(): number | undefined {
    return this.serving.map(({ maxSend }) => maxSend).reduce(lowerOf, undefined);
  }

  /** The replica that `runner` is, if it is one. */
  find(runner: Runner | undefined): Replica | undefined {
    return [...this.all, ...(this.rolling?.serving ?? [])].find((one) => one === runner);
  }

  /** Which process `runner` is, the first one where that is not known; none when it is ending or gone. */
  of(runner: Runner | undefined, incoming?: Replica): Replica | undefined {
    const first = this.parts.first();
    return runner === undefined ? first : ([first, incoming].find((one) => one === runner) ?? this.find(runner));
  }

  /** True while a function runs in a replica. */
  answer(instance: Instance): boolean {
    return this.serving.some((one) => this.parts.instances.accepted(instance, one));
  }

  /** A call is out in it. */
  atWork(replica: Replica): boolean {
    return this.functions.some((one) => one.atWork?.(replica) === true);
  }

  /** At least `count` processes with the first one, until the returned function is called. */
  wish(count: number): () => void {
    return this.wishes.add(count);
  }

  /** Starts the next one if its turn has come; lets one of the version before go if that has. */
  check(): void {
    if (this.held !== undefined || this.closed) return;
    this.rolling?.check();
    const next = this.rolling?.isFull !== true ? nextToStart(this.parts.first().state, statesOf(this.all)) : undefined;
    if (next !== undefined) this.all[next]?.start();
  }

  /** Those that have failed come anew, each in its turn. */
  async retry(): Promise<void> {
    await Promise.all(this.all.filter(({ state }) => state.phase === 'failed').map((one) => one.stop()));
    this.check();
  }

  /** Has the functions that lack there started in each replica. */
  spread(instances: readonly Instance[] = this.parts.instances.list()): void {
    for (const one of instances.filter(isFunction)) for (const replica of this.all) this.starts.add(one, replica);
  }

  /** START again of a function that has lost its connection to a process. */
  startAgain(instance: Instance, runner: Runner): Promise<void> {
    return this.starts.again(instance, this.of(runner));
  }

  /** Whether a process that has died may be started again now. */
  mayRetry(replica: Replica): boolean {
    const { clock } = this.options;
    const others = this.all.filter((one) => one !== replica);
    const states = statesOf(others);
    if (others.length < this.all.length)
      return this.rolling?.isFull !== true && mayFollow(this.parts.first().state, states, dateOf(clock));
    if (mayLead(states)) return true;
    const { state } = replica;
    const since = this.waits.get(state) ?? clock.now();
    this.waits.set(state, since);
    if (clock.now() - since < PATIENCE) return false;
    for (const one of others) if (one.state.phase === 'starting') one.restart(pluginHung(one.plugin.name, PATIENCE));
    this.waits.delete(state);
    return false;
  }

  /** Until `release` none is started: nobody could tell it from the one that takes the place of the first process. */
  private async hold(signal?: AbortSignal): Promise<void> {
    this.held = new Map(this.all.map((one) => [one, holdDown(one)]));
    await Promise.all(this.all.filter(({ state }) => state.phase === 'starting').map((one) => one.stop()));
    const aborted = signal === undefined ? NEVER : fromEvent(signal, 'abort');
    if (signal?.aborted !== true) await firstValueFrom(merge(this.starts.over(), aborted));
  }

  private async release(): Promise<void> {
    await Promise.all([...(this.held?.values() ?? [])].map((hold) => hold.release()));
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

  /** Others of another version come, and take their places one after the other. Only `aside`, after which that begins. */
  renew(options: ReplicaOptions): void {
    this.rolling = new Rolling(this.held ?? new Map(), options, {
      instances: this.parts.instances,
      fresh: () => this.all,
      functions: () => this.functions,
      isBusy: (replica) => this.starts.isBusy(replica),
      dismiss: (replica) => this.dismiss(replica),
      ended: () => this.check(),
    });
    this.options = options;
    this.held = new Map();
    this.all = [];
  }

  /** Resolves when none of the version before is left; with `closing` they go at once. */
  async renewed(closing: AbortSignal): Promise<void> {
    await this.rolling?.done(closing);
    this.rolling = undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wishes.stop();
    this.rolling?.quit();
    await Promise.all([...this.leaving, ...this.all.map((one) => one.close())]);
  }

  private get functions(): readonly Instance[] {
    return this.parts.instances.list().filter(isFunction);
  }

  private resize(): void {
    if (this.held !== undefined || this.closed) return;
    const { plugin, settings } = this.options;
    const further = replicasOf(plugin, settings, this.wishes.counts);
    while (this.all.length < further)
      this.all.push(new Replica(this.options, this.parts.socket, this.handler, this.all.length + 1));
    for (const surplus of this.all.splice(further)) void this.dismiss(surplus);
    this.check();
  }

  /** It answers what it has been asked, and ends. */
  private dismiss(replica: Replica): Promise<void> {
    const answered = Promise.all(this.functions.flatMap(({ crew }) => crew?.dismiss(replica) ?? []));
    const left = answered.then(() => replica.close()).finally(() => this.leaving.delete(left));
    this.leaving.add(left);
    return left;
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

const statesOf = (replicas: readonly Replica[]): readonly ProcessState[] => replicas.map(({ state }) => state);
