import { expect } from '@jest/globals';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';

/** Runs `body` in virtual time and compares frames with Jest's own diff. */
export const marbles = (body: (helpers: RunHelpers) => void) => (): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(body);
