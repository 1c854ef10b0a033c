import { distinctUntilChanged, type Observable, switchMap } from 'rxjs';
import { userError } from '../errors.js';
import type { Logger } from '../log.js';
import { guarded } from '../process/guarded.js';
import type { ProcessState } from '../process/state.js';
import type { Replica } from './replica.js';

/** The state of the process that serves, whichever that is; what a subscriber throws is logged. */
export function servingState(
  serving: Observable<Pick<Replica, 'state$'>>,
  name: string,
  log: Logger,
): Observable<ProcessState> {
  const states = serving.pipe(
    switchMap(({ state$ }) => state$),
    distinctUntilChanged(),
  );
  return guarded(states, (thrown) =>
    log.error({ plugin: name }, userError(`a subscriber of plugin ${name}`, thrown).message),
  );
}
