import { filter, firstValueFrom, takeUntil, timer } from 'rxjs';
import { type Clock, dateOf } from '../clock.js';
import { ruleRemoved, type RxportError } from '../errors.js';
import type { RuleDefinition } from '../rule/define.js';
import type { Ledger } from '../rule/ledger.js';
import type { Rule } from '../rule/rule.js';
import { isFinal, type RuleStatus } from '../rule/status.js';

/** Milliseconds that a body may keep whoever starts it waiting. */
const START_PATIENCE = 1_000;

const NO_LEDGER: Ledger = { stages: {}, balanced: true };

export interface RuleEntryParts {
  readonly launch: (definition: RuleDefinition) => Rule;
  readonly clock: Clock;
  /** Called whenever it has ended, and its status says how. */
  readonly ended: () => void;
}

/** A rule of a file, over all that it is started and stopped. */
export class RuleEntry {
  private running: Rule | undefined;
  private last: { readonly status: RuleStatus; readonly ledger: Ledger };
  private turn: Promise<unknown> = Promise.resolve();
  private retired = false;
  /** Somebody has stopped it, whether it had ended or not: it is not to come back by itself. */
  isHeld = false;
  /** For the sake of which installation it was last started. */
  private tried: string | undefined;

  constructor(
    readonly definition: RuleDefinition,
    readonly file: string,
    private readonly parts: RuleEntryParts,
  ) {
    this.last = { status: { phase: 'stopped', since: dateOf(parts.clock) }, ledger: NO_LEDGER };
  }

  get id(): string {
    return this.definition.id;
  }

  get status(): RuleStatus {
    return this.running?.status ?? this.last.status;
  }

  ledger(): Ledger {
    return this.running?.ledger() ?? this.last.ledger;
  }

  /** Whether to start it for the sake of `installation`: once, and not after a stop. */
  mayTry(installation: string): boolean {
    if (this.isHeld || this.retired || this.tried === installation) return false;
    this.tried = installation;
    return true;
  }

  /** Runs it unless it runs; what comes of that, `begun` tells. */
  start(): Promise<void> {
    this.isHeld = false;
    return this.inTurn(async () => {
      if (this.retired) throw ruleRemoved(this.id, this.file);
      const { running } = this;
      if (running !== undefined && !isFinal(running.status) && running.status.phase !== 'stopping') return;
      await running?.done;
      this.run();
    });
  }

  /** Resolves when it runs, or waits, or will be tried again, and after a second at the latest. Rejects when it has failed. */
  async begun(): Promise<void> {
    const { running } = this;
    if (running?.status.phase === 'starting') await leavesStart(running, this.parts.clock);
    const { status } = this;
    if (status.phase === 'failed') throw status.error;
  }

  /** With flush; does nothing to one that has ended. */
  stop(): Promise<void> {
    this.isHeld = true;
    return this.end();
  }

  /** With flush, or as `start` where it has ended; not after a stop that was said meanwhile. */
  async restart(): Promise<void> {
    this.isHeld = false;
    const restarted = await this.inTurn(async () => {
      const { running } = this;
      if (this.retired || running === undefined || isFinal(running.status)) return false;
      return running.restart().then(
        () => true,
        // It was stopped, or has ended, meanwhile.
        () => false,
      );
    });
    if (!restarted && !this.isHeld) await this.start();
  }

  /** Stops it for good. */
  retire(): Promise<void> {
    this.retired = true;
    return this.end();
  }

  private end(): Promise<void> {
    // At once, whatever is waited for: a restart must not keep a rule from being stopped.
    const stopped = this.running?.stop();
    return this.inTurn(async () => {
      await stopped;
      await this.running?.stop();
    });
  }

  private run(): void {
    let rule: Rule;
    try {
      rule = this.parts.launch(this.definition);
    } catch (error) {
      this.last = {
        status: { phase: 'failed', since: dateOf(this.parts.clock), error: error as RxportError },
        ledger: NO_LEDGER,
      };
      throw error;
    }
    this.running = rule;
    void rule.done.then((status) => {
      this.last = { status, ledger: rule.ledger() };
      // What its body holds is free.
      if (this.running === rule) this.running = undefined;
      this.parts.ended();
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

async function leavesStart({ status$ }: Rule, clock: Clock): Promise<void> {
  const left = status$.pipe(
    filter(({ phase }) => phase !== 'starting'),
    takeUntil(timer(START_PATIENCE, clock)),
  );
  await firstValueFrom(left, { defaultValue: undefined });
}

/** Why a rule is as it is, where there is a reason. */
export const errorOf = (status: RuleStatus): RxportError | undefined => ('error' in status ? status.error : undefined);
