import { type Observable, skip, Subject } from 'rxjs';
import { type Clock, dateOf } from '../clock.js';
import { type RxportError, userError } from '../errors.js';
import type { Logger } from '../log.js';
import { guarded } from '../process/guarded.js';
import type { ProcessState } from '../process/state.js';
import type { UpdateReport } from './update-report.js';

/** What has happened to a plugin; more of it, `get` tells. */
export type PluginEvent = {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
} & PluginNews;

/** What can happen to a plugin. */
export type PluginNews =
  /** It is there: `ready` was told before. */
  | { readonly type: 'installed' }
  /** Another version serves, also in the place of a broken one: `ready` was told before. */
  | { readonly type: 'updated'; readonly report: UpdateReport }
  /** It is not listed any more: also one whose installation, or repair, was taken back. */
  | { readonly type: 'removed' }
  /** A process of it has shaken hands, or serves since an update. */
  | { readonly type: 'ready'; readonly pid: number }
  /** Its process has ended, or did not come: it is tried again (`backoff`), or no more (`failed`). */
  | { readonly type: 'backoff' | 'failed'; readonly error: RxportError }
  /** Its processes have ended as they were told to: by hand, for an update, a removal, or with the host. */
  | { readonly type: 'stopped' };

/** What a plugin's process has come to; nothing of a phase that only leads to another one. */
export function newsOf(state: ProcessState): PluginNews | undefined {
  switch (state.phase) {
    case 'ready':
      return { type: 'ready', pid: state.pid };
    case 'backoff':
    case 'failed':
      return { type: state.phase, error: state.error };
    case 'stopped':
      return { type: 'stopped' };
    case 'starting':
    case 'stopping':
      return undefined;
  }
}

/** Tells whoever listens what happens to the plugins of a host. */
export class PluginEvents {
  /** Hot; completes when the host has stopped. */
  readonly event$: Observable<PluginEvent>;
  private readonly told = new Subject<PluginEvent>();

  constructor(
    private readonly clock: Clock,
    log: Logger,
  ) {
    this.event$ = guarded(this.told, (thrown) =>
      log.error({}, userError('a subscriber of the events of plugins', thrown).message),
    );
  }

  tell(name: string, news: PluginNews): void {
    this.told.next({ ...news, name, at: dateOf(this.clock) });
  }

  /** Tells from now on what its process comes to. */
  follow({ name, state$ }: { readonly name: string; readonly state$: Observable<ProcessState> }): void {
    state$.pipe(skip(1)).subscribe((state) => {
      const news = newsOf(state);
      if (news !== undefined) this.tell(name, news);
    });
  }

  close(): void {
    this.told.complete();
  }
}
