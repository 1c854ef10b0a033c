import { Observable } from 'rxjs';
import { Stage, withScope, type StageScope } from '../../lib/stage.js';

/** Stands in for a rule: operators subscribed through `inRule` find a scope, and their stages are in `stages`. */
export function recordStages(): { stages: Stage[]; inRule: <T>(stream: Observable<T>) => Observable<T> } {
  const stages: Stage[] = [];
  const scope: StageScope = {
    stage(kind, name, depth) {
      const stage = new Stage(kind, name, depth);
      stages.push(stage);
      return stage;
    },
  };
  return {
    stages,
    inRule: (stream) => new Observable((subscriber) => withScope(scope, () => stream.subscribe(subscriber))),
  };
}
