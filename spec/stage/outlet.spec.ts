import { describe, expect, it } from '@jest/globals';
import { Subscriber } from 'rxjs';
import { Outlet } from '../../lib/stage.js';

const broken = (thrown: unknown): never => {
  throw thrown;
};

describe('an outlet', () => {
  it.each<[string, (outlet: Outlet<number>) => void]>([
    ['error', (outlet) => outlet.error('no')],
    ['complete', (outlet) => outlet.complete()],
  ])('is closed for those who come while it tells of the end: %s', (_, end) => {
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
});
