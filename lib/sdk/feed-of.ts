import { from, isObservable, type ObservableInput } from 'rxjs';
import type { Feed, Outlet } from './feed.js';
import { PullFeed } from './pull-feed.js';
import { PushFeed } from './push-feed.js';

/** Pulls what can be pulled, subscribes to the rest. Throws for what is no stream at all. */
export function feedOf(input: ObservableInput<unknown>, outlet: Outlet, queue: number): Feed {
  if (!isObservable(input) && typeof input === 'object' && input !== null) {
    if (Symbol.asyncIterator in input) return new PullFeed(() => input[Symbol.asyncIterator](), outlet);
    if (Symbol.iterator in input) return new PullFeed(() => input[Symbol.iterator](), outlet);
  }
  return new PushFeed(from(input), outlet, queue);
}
