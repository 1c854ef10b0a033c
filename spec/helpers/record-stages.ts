import { Observable, Subscription } from 'rxjs';
import type { RxportError } from '../../lib/errors.js';
import { Pressure, Stage, withScope, type StageScope } from '../../lib/stage.js';

interface RecordedStages {
  readonly stages: Stage[];
  /** `queue full` when the first stage rose above its high mark, `queue content` when the last was at its low mark. */
  readonly changes: string[];
  /** Those that no stream could carry. */
  readonly errors: RxportError[];
  /** Finds the scope when it is subscribed. */
  readonly inRule: <T>(stream: Observable<T>) => Observable<T>;
  readonly withRule: <T>(work: () => T) => T;
  /** The rule is cut. */
  readonly cut: () => void;
}

/**
 * Stands in for a rule: operators subscribed through `inRule` find a scope, and their stages are in `stages`. `content` runs
 * when the last stage is at its low mark, where a rule lets its sources go on.
 */
export function recordStages(content: () => void = () => undefined): RecordedStages {
  const stages: Stage[] = [];
  const changes: string[] = [];
  const errors: RxportError[] = [];
  const pressure = new Pressure((under, by) => {
    changes.push(`${by} ${under ? 'full' : 'content'}`);
    if (!under) content();
  });
  const life = new Subscription();
  const scope: StageScope = {
    life,
    fail: (error) => errors.push(error),
    stage(kind, name, depth, marks, holds) {
      const stage = new Stage(kind, name, depth, { gauge: marks && pressure.gauge(name, marks, holds) });
      stages.push(stage);
      return stage;
    },
  };
  return {
    stages,
    changes,
    errors,
    inRule: (stream) => new Observable((subscriber) => withScope(scope, () => stream.subscribe(subscriber))),
    withRule: (work) => withScope(scope, work),
    cut: () => life.unsubscribe(),
  };
}
