import { filter } from 'rxjs';
import type { Replica } from './replica.js';

export interface HoldDown {
  /** It may be started again; resolves with whether it has died meanwhile. */
  release(): Promise<boolean>;
}

/**
 * Until `release` a process that dies is not started again: of two that come at once nobody could tell which one has
 * shaken hands.
 */
export function holdDown(replica: Pick<Replica, 'state$' | 'stop'>): HoldDown {
  let stopped: Promise<void> | undefined;
  const watch = replica.state$.pipe(filter(({ phase }) => phase === 'backoff')).subscribe(() => {
    // Not from within the change: others have not heard of it yet.
    stopped = Promise.resolve().then(() => replica.stop());
  });
  return {
    async release() {
      watch.unsubscribe();
      await stopped;
      return stopped !== undefined;
    },
  };
}
