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

/** So many keys are remembered; what is forgotten is spread anew, which is the same place as long as the crew is. */
const MEMORY = 65_536;

/**
 * Which process gets which call. Calls without a key are anybody's; those of one key go to the same process for as long as
 * that may be called, and when it is gone, only its keys go elsewhere. Nothing is sent here.
 */
export class Routing<W extends object, C extends Keyed> {
  private readonly anybody = new Queue<C>();
  private readonly lines = new Map<W, Line<C>>();
  /** Calls with a key while there is nobody. */
  private readonly homeless = new Queue<C>();
  private readonly homes = new Map<Key, W>();
  /** How many calls with a key wait. */
  private keyed = 0;
  private ids = 0;

  constructor(private readonly memory = MEMORY) {}

  get waits(): number {
    return this.anybody.length + this.keyed;
  }

  /** These may be called from now on. What waits for others goes elsewhere, in its order. */
  staff(workers: readonly W[]): void {
    const orphans = [this.homeless];
    for (const [worker, { calls }] of this.lines) {
      if (workers.includes(worker)) continue;
      this.lines.delete(worker);
      orphans.push(calls);
    }
    for (const worker of workers)
      if (!this.lines.has(worker)) this.lines.set(worker, { id: this.ids++, calls: new Queue(), wasOwn: false });
    // As many as there were: without anybody they come back to where they are.
    for (const calls of orphans) for (let left = calls.length; left > 0; left -= 1) this.again(calls.shift());
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

  /** Forgets what waits, and answers it. */
  clear(): readonly C[] {
    const calls: C[] = [];
    for (const queue of this.queues())
      for (let call = queue.shift(); call !== undefined; call = queue.shift()) calls.push(call);
    this.keyed = 0;
    return calls;
  }

  /** Takes out the calls that nobody wants, up to the first in each queue that somebody does. */
  shed(unwanted: (call: C) => boolean): void {
    for (const queue of this.queues())
      for (let call = queue.at(0); call !== undefined && unwanted(call); call = queue.at(0)) {
        queue.shift();
        if (call.key !== undefined) this.keyed -= 1;
      }
  }

  private isOwnTurn({ wasOwn }: Line<C>): boolean {
    return !wasOwn || this.anybody.length === 0;
  }

  private queues(): readonly Queue<C>[] {
    return [this.anybody, this.homeless, ...[...this.lines.values()].map(({ calls }) => calls)];
  }

  private again(call: C | undefined): void {
    if (call !== undefined) this.queueOf(call).push(call);
  }

  private queueOf({ key }: C): Queue<C> {
    if (key === undefined) return this.anybody;
    const home = this.homes.get(key);
    const line = home === undefined ? undefined : this.lines.get(home);
    return line?.calls ?? this.settle(key);
  }

  /** Finds a key a home. */
  private settle(key: Key): Queue<C> {
    const text = hashOf(String(key));
    let best: readonly [worker: W, line: Line<C>] | undefined;
    let most = -1;
    for (const entry of this.lines) {
      const weight = mix(text ^ entry[1].id);
      if (weight > most) [best, most] = [entry, weight];
    }
    if (best === undefined) return this.homeless;
    this.remember(key, best[0]);
    return best[1].calls;
  }

  private remember(key: Key, worker: W): void {
    this.homes.delete(key);
    this.homes.set(key, worker);
    if (this.homes.size <= this.memory) return;
    for (const oldest of this.homes.keys()) {
      this.homes.delete(oldest);
      return;
    }
  }
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
