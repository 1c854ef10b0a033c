import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { backoffDelay } from '../process/backoff.js';

const BACKOFF = { delay: 200, maxDelay: 30_000, jitter: 0.2 };
/** A symbol that ran for this many milliseconds starts its back-off anew. */
const HEALTHY_AFTER = 60_000;
/** Milliseconds until a connection that the plugin has made is noticed. */
const NOTICED = 100;
/** The last of them: what has come while this process stood still is read meanwhile. */
const AT_THE_DOOR = 20;

/** The attempt that takes a new process, and how many more it takes until the next one does. */
const FIRST_ESCALATION = 5;
const ESCALATION_STEP = 10;

/**
 * Whether the process is to be restarted instead of the symbol: when several revivals in a row were of no use, and then so
 * rarely that one bad symbol does not make a crash loop for all the others.
 */
export const isEscalation = (attempt: number): boolean =>
  attempt >= FIRST_ESCALATION && (attempt - FIRST_ESCALATION) % ESCALATION_STEP === 0;

/** Starts a symbol again that has died in a living process: after 200 ms, doubled up to 30 s. */
export class Revival {
  private timer: Subscription = Subscription.EMPTY;
  private attempt = 0;
  private startedAt = 0;
  private alive = false;

  /** `revive` is told how often in a row it has been tried. */
  constructor(
    private readonly clock: Clock,
    private readonly revive: (attempt: number) => void,
  ) {}

  /** The plugin runs it. */
  started(): void {
    this.alive = true;
    this.startedAt = this.clock.now();
  }

  /** It may have died: `look` tells, a moment later. */
  doubt(look: () => void): void {
    this.timer = after(this.clock, NOTICED - AT_THE_DOOR, () => {
      this.timer = after(this.clock, AT_THE_DOOR, look);
    });
  }

  /** Its connection has closed. False when nobody had it for alive. */
  died(): boolean {
    if (!this.alive) return false;
    this.alive = false;
    if (this.clock.now() - this.startedAt >= HEALTHY_AFTER) this.attempt = 0;
    this.attempt += 1;
    this.timer.unsubscribe();
    this.timer = after(this.clock, backoffDelay(BACKOFF, this.attempt, Math.random()), () => this.revive(this.attempt));
    return true;
  }

  /** It is not to run any longer, or its process is gone too: START comes with the next one. */
  cancel(): void {
    this.alive = false;
    this.timer.unsubscribe();
  }
}
