import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Replica } from './replica.js';
import { remedyFor } from './spinning.js';

export interface RecyclerParts {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** An update is under way, which ends the process itself, or the plugin is closed. */
  readonly paused: () => boolean;
  /** The process that serves. */
  readonly replica: () => Replica;
  /** No rule has anything in it. */
  readonly idle: () => boolean;
  /** Does it while no other process of the plugin comes. */
  readonly aside: (work: () => Promise<void>) => Promise<void>;
  /** Has a second process of the same version take everything over; rejects when it has not. */
  readonly renew: (signal: AbortSignal) => Promise<unknown>;
}

/** Starts a process anew that did nothing wrong: sinks of the Go SDK spin in it. */
export class Recycler {
  private work: Promise<void> | undefined;
  private renewal = new AbortController();
  private renewedAt = -Infinity;
  private later = Subscription.EMPTY;

  constructor(private readonly parts: RecyclerParts) {}

  /** Something has stopped. */
  check(): void {
    const { clock, paused, replica, idle } = this.parts;
    this.later.unsubscribe();
    if (paused() || this.work !== undefined) return;
    const since = clock.now() - this.renewedAt;
    const remedy = remedyFor({ sinks: replica().spinning, idle: idle(), since });
    if (remedy.do === 'wait') this.later = after(clock, remedy.for, () => this.check());
    else if (remedy.do === 'recycle') this.run(this.recycle());
    else if (remedy.do === 'renew') this.run(this.renew());
  }

  get working(): boolean {
    return this.work !== undefined;
  }

  /** Resolves when what is under way is done; a second process that has taken nothing over yet is given up for `reason`. */
  async settle(reason: Error): Promise<void> {
    this.later.unsubscribe();
    this.renewal.abort(reason);
    await this.work;
  }

  private run(work: Promise<void>): void {
    this.work = work.then(() => {
      this.work = undefined;
      this.check();
    });
  }

  private async recycle(): Promise<void> {
    const { name, log, paused, idle, aside } = this.parts;
    const replica = this.parts.replica();
    await replica.workedOff();
    if (replica !== this.parts.replica() || !replica.spins || !idle()) return;
    log.info({ plugin: name }, `plugin ${name} is started anew: a stopped Go sink spins`);
    await aside(async () => {
      await replica.stop();
      if (!paused()) replica.start();
    });
  }

  private async renew(): Promise<void> {
    const { name, log, clock } = this.parts;
    const { spinning } = this.parts.replica();
    const fields = { plugin: name, spinning };
    log.info(fields, `plugin ${name} moves to a new process: ${spinning} stopped Go sinks spin in the one it has`);
    this.renewedAt = clock.now();
    this.renewal = new AbortController();
    try {
      await this.parts.renew(this.renewal.signal);
    } catch (error) {
      log.warn(fields, `plugin ${name} stays in its process: ${reasonOf(error)}`);
    }
  }
}
