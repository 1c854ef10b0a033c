import { Observable, Subscription } from 'rxjs';
import { Pressure, Stage, withScope, type StageScope } from '../../lib/stage.js';

interface RecordedStages {
  readonly stages: Stage[];
  /** `queue full` when the first stage rose above its high mark, `queue content` when the last was at its low mark. */
  readonly changes: string[];
  /** Finds the scope when it is subscribed. */
  readonly inRule: <T>(stream: Observable<T>) => Observable<T>;
  readonly withRule: <T>(work: () => T) => T;
  /** The rule is cut. */
  readonly cut: () => void;
}

/** Stands in for a rule: operators subscribed through `inRule` find a scope, and their stages are in `stages`. */
export function recordStages(): RecordedStages {
  const stages: Stage[] = [];
  const changes: string[] = [];
  const pressure = new Pressure((under, by) => changes.push(`${by} ${under ? 'full' : 'content'}`));
  const life = new Subscription();
  const scope: StageScope = {
    life,
    stage(kind, name, depth, marks) {
      const stage = new Stage(kind, name, depth, { gauge: marks && pressure.gauge(name, marks) });
      stages.push(stage);
      return stage;
    },
  };
  return {
    stages,
    changes,
    inRule: (stream) => new Observable((subscriber) => withScope(scope, () => stream.subscribe(subscriber))),
    withRule: (work) => withScope(scope, work),
    cut: () => life.unsubscribe(),
  };
}
