import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LatestQueue } from '../../lib/sdk/latest-queue.js';

describe('a queue of the latest', () => {
  it('does what an array of that size would do', () => {
    const steps = fc.array(fc.oneof(fc.record({ push: fc.nat() }), fc.constant('shift' as const)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), steps, (size, sequence) => {
        const queue = new LatestQueue<number>(size);
        const model: number[] = [];
        for (const step of sequence) {
          if (step === 'shift') {
            expect(queue.shift()).toBe(model.shift());
          } else {
            expect(queue.push(step.push)).toBe(model.length < size);
            model.push(step.push);
            if (model.length > size) model.shift();
          }
          expect(queue.length).toBe(model.length);
        }
      }),
    );
  });
});
