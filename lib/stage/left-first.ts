import { type Subscriber, Subscription, type TeardownLogic } from 'rxjs';

/**
 * For what an operator subscribes above itself: left before `end` is run, which may let the sources of its rule go on at once.
 * Nothing comes to it any more.
 */
export function leftFirst(subscriber: Subscriber<unknown>, end: TeardownLogic): Subscription {
  const upstream = new Subscription();
  subscriber.add(upstream);
  subscriber.add(end);
  return upstream;
}
