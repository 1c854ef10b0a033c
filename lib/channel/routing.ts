import { type Key, Queue } from '../stage.js';

interface Keyed {
  readonly key?: Key | undefined;
}

/** The calls that wait for one process. */
interface Line<C> {
  /** Tells processes apart where keys are spread over them. */
  readonly id: number;
  readonly calls: Queue<C>;
  /** Whether its last call was one of these. */
  wasOwn: boolean;
}

/** Ids of processes without a place, well apart from the places. */
const UNPLACED = 2 ** 16;

/**
 * Which process gets which call. Calls without a key are anybody's; those of one key go to the same process. When one is
 * gone, only its keys go elsewhere, and when it is back, only those come back. Nothing is sent here.
 */
export class Routing<W extends object, C extends Keyed> {
  private readonly anybody = new Queue<C>();
  private readonly lines = new Map<W, Line<C>>();
  /** Calls with a key while there is nobody. */
  private readonly homeless = new Queue<C>();
  /** How many calls with a key wait. */
  private keyed = 0;
  private readonly ids = new WeakMap<object, number>();
  private nextId = UNPLACED;

  /**
   * `identity` is the same for two connections of one process: its place, where that is known. Of two processes in one place
   * the keys are with the one that comes first in `staff`; when that is gone, all of them are with the other one.
   */
  constructor(private readonly identity: (worker: W) => object | number = (worker) => worker) {}

  get waits(): number {
    return this.anybody.length + this.keyed;
  }

  /** These may be called from now on. What waits with a key goes where that is at home now, in its order. */
  staff(workers: readonly W[]): void {
    const isSame = workers.length === this.lines.size && workers.every((worker) => this.lines.has(worker));
    if (isSame) return;
    // All of one key are in one line, and stay behind one another.
    const waiting = [this.homeless, ...this.queuesOfKeys()].flatMap(emptied);
    this.lines.clear();
    for (const worker of workers) this.lines.set(worker, { id: this.idOf(worker), calls: new Queue(), wasOwn: false });
    for (const call of waiting) this.queueOf(call).push(call);
  }

  push(call: C): void {
    if (call.key !== undefined) this.keyed += 1;
    this.queueOf(call).push(call);
  }

  /** It has been out, and comes before all others. */
  unshift(call: C): void {
    if (call.key !== undefined) this.keyed += 1;
    this.queueOf(call).unshift(call);
  }

  /** The next call for a process that is free: one of its own and one of anybody's by turns, where both wait. */
  next(worker: W): C | undefined {
    if (this.keyed === 0) return this.anybody.shift();
    const line = this.lines.get(worker);
    if (line === undefined || line.calls.length === 0) return this.anybody.shift();
    line.wasOwn = this.isOwnTurn(line);
    if (!line.wasOwn) return this.anybody.shift();
    this.keyed -= 1;
    return line.calls.shift();
  }

  /** What `next` would answer. */
  peek(worker: W): C | undefined {
    const line = this.keyed === 0 ? undefined : this.lines.get(worker);
    const isOwn = line !== undefined && line.calls.length > 0 && this.isOwnTurn(line);
    return (isOwn ? line.calls : this.anybody).at(0);
  }

  /** How many calls that one takes together at most, so that the others get as many of what is anybody's. */
  share(worker: W): number {
    const own = this.keyed === 0 ? 0 : (this.lines.get(worker)?.calls.length ?? 0);
    return own + Math.ceil(this.anybody.length / Math.max(1, this.lines.size));
  }

  /** Forgets what waits, and answers it. */
  clear(): readonly C[] {
    this.keyed = 0;
    return this.queues().flatMap(emptied);
  }

  /** Takes out the calls that nobody wants. */
  shed(unwanted: (call: C) => boolean): void {
    const wanted = (call: C): boolean => {
      if (!unwanted(call)) return true;
      if (call.key !== undefined) this.keyed -= 1;
      return false;
    };
    for (const queue of this.queues()) queue.keep(wanted);
  }

  private isOwnTurn({ wasOwn }: Line<C>): boolean {
    return !wasOwn || this.anybody.length === 0;
  }

  private queues(): readonly Queue<C>[] {
    return [this.anybody, this.homeless, ...this.queuesOfKeys()];
  }

  private queuesOfKeys(): readonly Queue<C>[] {
    return [...this.lines.values()].map(({ calls }) => calls);
  }

  /** Rendezvous: each process has a weight for the key, and the heaviest is its home. */
  private queueOf({ key }: C): Queue<C> {
    if (key === undefined) return this.anybody;
    const hash = hashOf(String(key));
    let home = this.homeless;
    let most = -1;
    for (const { id, calls } of this.lines.values()) {
      const weight = mix(hash ^ id);
      if (weight > most) [home, most] = [calls, weight];
    }
    return home;
  }

  private idOf(worker: W): number {
    const who = this.identity(worker);
    if (typeof who === 'number') return who;
    const id = this.ids.get(who) ?? this.nextId++;
    this.ids.set(who, id);
    return id;
  }
}

function emptied<C>(queue: Queue<C>): readonly C[] {
  const calls: C[] = [];
  for (let call = queue.shift(); call !== undefined; call = queue.shift()) calls.push(call);
  return calls;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The finish of MurmurHash3: each bit of it depends on each of `hash`. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
