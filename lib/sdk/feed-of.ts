import { from, isObservable, type ObservableInput, of } from 'rxjs';
import type { Feed, Outlet } from './feed.js';
import { LateFeed } from './late-feed.js';
import { PullFeed } from './pull-feed.js';
import { PushFeed } from './push-feed.js';
import { isThenable } from './thenable.js';

/** Pulls what can be pulled, subscribes to the rest; a promise is one of these, or of the one value. Throws for what is no stream at all. */
export function feedOf(input: ObservableInput<unknown>, outlet: Outlet, queue: number): Feed {
  if (isThenable(input)) {
    return new LateFeed(input, outlet, (opened) => feedOf(isStream(opened) ? opened : of(opened), outlet, queue));
  }
  if (!isObservable(input) && typeof input === 'object' && input !== null) {
    if (Symbol.asyncIterator in input) return new PullFeed(() => input[Symbol.asyncIterator](), outlet);
    if (Symbol.iterator in input) return new PullFeed(() => input[Symbol.iterator](), outlet);
  }
  return new PushFeed(from(input), outlet, queue);
}

const isStream = (value: unknown): value is ObservableInput<unknown> =>
  isObservable(value) ||
  (typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value));
