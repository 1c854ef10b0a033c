import { describe, expect, it } from '@jest/globals';
import { Subscriber, Subscription } from 'rxjs';
import { Outlet } from '../../lib/stage.js';

const broken = (thrown: unknown): never => {
  throw thrown;
};

const ends: [string, (outlet: Outlet<number>) => void][] = [
  ['error', (outlet) => outlet.error('no')],
  ['complete', (outlet) => outlet.complete()],
];

describe('an outlet', () => {
  it.each(ends)('is closed for those who come while it tells of the end: %s', (_, end) => {
    const told: boolean[] = [];
    const tell = (): void => void told.push(outlet.closed);
    const subscriber = new Subscriber<number>({ next: tell, error: tell, complete: tell });
    const outlet = new Outlet<number>(subscriber, broken);
    outlet.next(1);
    end(outlet);
    outlet.next(2);
    expect(told).toEqual([false, true]);
  });

  it('is closed when its subscriber has gone', () => {
    const subscriber = new Subscriber<number>();
    const outlet = new Outlet(subscriber, broken);
    subscriber.unsubscribe();
    expect(outlet.closed).toBe(true);
  });

  it.each(ends)('tells nobody of an end that comes after the subscription has gone: %s', (_, end) => {
    const told: unknown[] = [];
    const tell = (): void => void told.push('told');
    // As a sink is, rxjs takes it for the subscriber itself; that it hears nothing any more is not done by rxjs.
    const sink = Object.assign(new Subscription(), { next: tell, error: tell, complete: tell });
    const outlet = new Outlet(sink as unknown as Subscriber<number>, broken);
    sink.unsubscribe();
    end(outlet);
    expect(told).toEqual([]);
  });
});
