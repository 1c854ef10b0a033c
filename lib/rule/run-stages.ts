import { sourcesHeld } from '../errors.js';
import type { Holds, Marks, Stage, StageKind } from '../stage.js';
import type { SymbolNews } from '../symbol/owner.js';
import type { Intake } from './intake.js';
import type { RunOptions } from './run-options.js';
import { type Holder, Stalls } from './stalls.js';
import { Tallies } from './tallies.js';

/** The stages of a run, and what is told of them. */
export class RunStages {
  private readonly tallies: Tallies;
  private readonly stalls: Stalls;

  constructor(
    private readonly options: Pick<RunOptions, 'clock' | 'stage'>,
    private readonly intake: Intake,
    private readonly report: (news: SymbolNews) => void,
  ) {
    this.tallies = new Tallies(options.clock, report);
    this.stalls = new Stalls(options.clock);
  }

  stage(kind: StageKind, name: string, depth?: () => number, marks?: Marks, holds?: Holds): Stage {
    const title = `${kind} ${name}`;
    // A call has a deadline, and what a sink waits for is a plugin.
    const watch = kind === 'queue' ? this.stalls.watch(this.holder(title, name, () => stage)) : undefined;
    const told: Holds = (is) => {
      // First: it may be about to end. Without sources nobody waits.
      holds?.(is && this.intake.hasSources);
      watch?.(is);
    };
    const stage: Stage = this.options.stage(kind, name, depth, {
      ...this.intake.hooks(title, marks, told),
      dropped: (reason, count) => this.tallies.note({ type: 'dropped', symbol: name, reason, count }),
      failed: (error) => this.report({ type: 'error', symbol: name, error }),
    });
    return stage;
  }

  /** The sources are held back for that stage. */
  paused(by: string): void {
    this.tallies.note({ type: 'paused', symbol: by, count: 1 });
  }

  /** Nobody waits for anything any longer. */
  stop(): void {
    this.stalls.stop();
  }

  /** Tells what is still untold. */
  flush(): void {
    this.tallies.flush();
  }

  private holder(symbol: string, name: string, stage: () => Stage): Holder {
    return {
      worked: () => stage().worked,
      stalled: (silence) => {
        if (!this.intake.hasSources) return false;
        this.report({ type: 'stalled', symbol, error: sourcesHeld(name, stage().counts().inFlight, silence) });
        return true;
      },
    };
  }
}
