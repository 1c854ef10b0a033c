import { firstValueFrom, fromEvent, Subject, Subscription } from 'rxjs';
import { after } from '../clock.js';
import { HANDSHAKE_TIMEOUT } from '../process/supervisor.js';
import type { HoldDown } from './hold-down.js';
import { type Instance, lacks } from './instance.js';
import type { Instances } from './instances.js';
import { START_TIMEOUT } from './limits.js';
import type { Replica, ReplicaOptions } from './replica.js';
import { hasRoom, mayGo } from './turns.js';

/** A replica of the version before. */
interface Old {
  /** Of its successor among the new ones. */
  readonly index: number;
  readonly replica: Replica;
  /** It is not started again when it dies. */
  readonly hold: HoldDown;
  /** It gets no calls any more, and ends. */
  leaving: boolean;
}

export interface RollingParts {
  readonly instances: Instances;
  /** The new ones, by their indices. */
  readonly fresh: () => readonly Replica[];
  readonly functions: () => readonly Instance[];
  /** Some of its functions are not connected yet. */
  readonly isBusy: (replica: Replica) => boolean;
  /** It answers what it has been asked, and ends; resolves when it has. */
  readonly dismiss: (replica: Replica) => Promise<void>;
  /** An old one has ended: there may be room for a new one. */
  readonly ended: () => void;
}

/** The rolling update of the replicas of a plugin: an old one ends when a new one has come. */
export class Rolling {
  private readonly olds: Set<Old>;
  private readonly over = new Subject<void>();
  private deadline = Subscription.EMPTY;

  /** `olds` are held down; `options` are those of the new version. */
  constructor(
    olds: ReadonlyMap<Replica, HoldDown>,
    private readonly options: ReplicaOptions,
    private readonly parts: RollingParts,
  ) {
    this.olds = new Set([...olds].map(([replica, hold], index) => ({ index, replica, hold, leaving: false })));
    this.await();
  }

  /** One more process would be one too many. */
  get isFull(): boolean {
    const fresh = this.parts.fresh().map(({ state }) => state);
    return !hasRoom(fresh, this.olds.size);
  }

  /** These, each in the places of those that come for it, and behind all the new ones that have begun to come. */
  among(): readonly Replica[] {
    const fresh = this.parts.fresh();
    const olds = new Map([...this.olds].map(({ index, replica }) => [index, replica]));
    const last = Math.max(fresh.length, ...[...olds.keys()].map((index) => index + 1));
    const placed = Array.from({ length: last }, (_, index) => olds.get(index) ?? fresh[index]);
    const beside = fresh.filter(({ state }, index) => olds.has(index) && state.phase !== 'stopped');
    return [...placed, ...beside].flatMap((one) => one ?? []);
  }

  /** Those of them that are called. */
  get serving(): readonly Replica[] {
    return this.staying.map(({ replica }) => replica);
  }

  /** Lets those go whose places are taken, or that have died. */
  check(): void {
    const { staying } = this;
    const dead = staying.filter(({ replica }) => !replica.ready);
    const alive = staying.filter(({ replica }) => replica.ready);
    const free = mayGo(
      alive.map(({ index }) => index),
      this.parts.fresh().map((one) => this.hasCome(one)),
    );
    for (const one of [...dead, ...alive.filter(({ index }) => free.includes(index))]) this.dismiss(one);
  }

  /** Resolves when the old ones have ended; with `signal` they go at once. */
  async done(signal: AbortSignal): Promise<void> {
    const quit = fromEvent(signal, 'abort').subscribe(() => this.quit());
    if (signal.aborted) this.quit();
    if (this.olds.size > 0) await firstValueFrom(this.over);
    quit.unsubscribe();
  }

  /** All go that have not gone yet. */
  quit(): void {
    for (const one of this.staying) this.dismiss(one);
  }

  /** It is ready and runs what those run that are called, or never will. */
  private hasCome(replica: Replica): boolean {
    const { instances, functions, isBusy } = this.parts;
    if (!replica.ready) return replica.state.phase === 'failed';
    const runs = (one: Instance): boolean => lacks(replica.plugin, one) || instances.accepted(one, replica);
    const isNeeded = (one: Instance): boolean => this.serving.some((old) => instances.accepted(one, old));
    return !isBusy(replica) && functions().every((one) => runs(one) || !isNeeded(one));
  }

  private get staying(): readonly Old[] {
    return [...this.olds].filter(({ leaving }) => !leaving);
  }

  private dismiss(one: Old): void {
    one.leaving = true;
    this.await();
    void this.parts.dismiss(one.replica).then(async () => {
      await one.hold.release();
      this.olds.delete(one);
      if (this.olds.size === 0) this.over.next();
      this.parts.ended();
    });
  }

  /** From now on, the next new one has its time. */
  private await(): void {
    const { clock, log, plugin, settings } = this.options;
    const { handshakeTimeout = HANDSHAKE_TIMEOUT, startTimeout = START_TIMEOUT } = settings;
    this.deadline.unsubscribe();
    if (this.staying.length === 0) return;
    // A new one that takes longer has missed one of the two.
    this.deadline = after(clock, handshakeTimeout + startTimeout, () => {
      const left = this.staying.length;
      log.warn({ plugin: plugin.name }, `${left} processes of the version before end, though no new ones have come`);
      this.quit();
    });
  }
}
