import { expect, it } from '@jest/globals';
import { NEVER, type OperatorFunction, Subject, mergeMap } from 'rxjs';
import { mapAsync, queued } from '../../operators/index.js';
import { recordStages } from '../helpers/record-stages.js';

it.each<[string, OperatorFunction<number, unknown>]>([
  ['mapAsync', mapAsync(() => NEVER, { high: 1 })],
  [
    'queued',
    queued(
      mergeMap(() => NEVER),
      { high: 1 },
    ),
  ],
])('%s gets no value that a source sends because it ends', (_, operator) => {
  const values = new Subject<number>();
  const { stages, changes, inRule } = recordStages(() => values.next(9));
  const subscription = inRule(values.pipe(operator)).subscribe();
  for (let n = 0; n < 3; n += 1) values.next(n);
  subscription.unsubscribe();
  expect(changes).toHaveLength(2);
  expect(stages.map((stage) => stage.counts())).toMatchObject([{ received: 3, dropped: { stopped: 3 }, inFlight: 0 }]);
});
