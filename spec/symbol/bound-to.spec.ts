import { describe, expect, it } from '@jest/globals';
import { boundTo } from '../../lib/symbol/bound-to.js';

/** A signal that counts who listens. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening.delete(args[1]);
    remove(...args);
  };
  return { controller, listeners: () => listening.size };
}

describe('waits that are bound to a signal', () => {
  it('are told when it aborts, those that have ended are not', () => {
    const { controller } = countedSignal();
    const bind = boundTo(controller.signal);
    const told: unknown[] = [];
    const ends = ['a', 'b', 'c'].map((name) => bind(() => told.push(name)));
    ends[1]?.();
    controller.abort();
    expect(told).toEqual(['a', 'c']);
  });

  it('listen once, while there are any', () => {
    const { controller, listeners } = countedSignal();
    const bind = boundTo(controller.signal);
    for (const round of [1, 2]) {
      expect({ round, listeners: listeners() }).toEqual({ round, listeners: 0 });
      const ends = Array.from({ length: 20 }, () => bind(() => undefined));
      expect(listeners()).toBe(1);
      for (const end of ends) end();
      ends[0]?.();
    }
    expect(listeners()).toBe(0);
  });

  it('may lack a signal', () => {
    expect(boundTo(undefined)(() => undefined)()).toBeUndefined();
  });
});
