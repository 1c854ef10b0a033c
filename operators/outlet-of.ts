import type { Subscriber } from 'rxjs';
import { userError } from '../lib/errors.js';
import { Outlet } from '../lib/stage.js';

/**
 * The way on from an operator that emits later. What a teardown behind it throws is an error of the rule that it is
 * subscribed in; without one it goes where rxjs has it, which is thrown on a timer.
 */
export function outletOf<R>(name: string, subscriber: Subscriber<R>): Outlet<R> {
  const outlet = new Outlet<R>(subscriber, (thrown) => {
    if (outlet.scope === undefined) throw thrown;
    outlet.scope.fail(userError(`what follows ${name}`, thrown));
  });
  return outlet;
}
