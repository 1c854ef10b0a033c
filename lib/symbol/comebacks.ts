import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import type { Runner } from '../control/instance.js';
import { backoffDelay } from '../process/backoff.js';

/** From a close to START: the Go SDK dials again within that. At most a third of what makes calls that wait stuck. */
const BACKOFF = { delay: 1_000, maxDelay: 10_000, jitter: 0.2 };
/** A process that kept its connection for this many milliseconds starts its back-off anew. */
const HEALTHY_AFTER = 60_000;

export interface ComebackParts {
  /** It is connected, or gone. */
  readonly isBack: (runner: Runner) => Promise<boolean>;
  /** Tells it to connect; resolves when that is over, of use or not. */
  readonly again: (runner: Runner) => Promise<void>;
}

interface Comeback {
  readonly attempt: number;
  /** When it was back. */
  readonly at: number;
  /** Until the next look; none while it is told, or once it is back. */
  readonly timer?: Subscription;
  /** Not back yet. */
  readonly awaited: boolean;
}

const NEW: Comeback = { attempt: 0, at: 0, awaited: false };

/**
 * Has a function started again in processes that live, and have lost their connection to it: Python's SDK and ours do not
 * dial again. After a second, doubled up to ten: a reply may be what ends it. A second without any connection: who dials by
 * itself may lose it again meanwhile, and a second START would give it two.
 */
export class Comebacks {
  private readonly all = new WeakMap<Runner, Comeback>();
  private readonly timers = new Subscription();

  constructor(
    private readonly clock: Clock,
    private readonly parts: ComebackParts,
  ) {}

  /** The connection of a process has closed. */
  gone(runner: Runner): void {
    const { attempt, at, awaited, timer } = this.all.get(runner) ?? NEW;
    if (!awaited) return this.await(runner, this.clock.now() - at >= HEALTHY_AFTER ? 1 : attempt + 1);
    if (timer === undefined) return;
    this.timers.remove(timer);
    timer.unsubscribe();
    this.await(runner, attempt);
  }

  /** It is about to be looked for, or told. */
  awaits(runner: Runner): boolean {
    return this.all.get(runner)?.awaited === true;
  }

  /** For good. */
  stop(): void {
    this.timers.unsubscribe();
  }

  private await(runner: Runner, attempt: number): void {
    const timer = after(this.clock, backoffDelay(BACKOFF, attempt, Math.random()), () => {
      this.timers.remove(timer);
      void this.look(runner, attempt);
    });
    this.timers.add(timer);
    this.all.set(runner, { attempt, at: 0, timer, awaited: true });
  }

  private async look(runner: Runner, attempt: number): Promise<void> {
    const { isBack, again } = this.parts;
    this.all.set(runner, { attempt, at: 0, awaited: true });
    // By itself, or it was about to end.
    if (await isBack(runner)) return void this.all.delete(runner);
    await again(runner);
    if (this.timers.closed) return;
    if (await isBack(runner)) this.all.set(runner, { attempt, at: this.clock.now(), awaited: false });
    else this.await(runner, attempt + 1);
  }
}
