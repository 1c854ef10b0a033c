import { expect, it } from '@jest/globals';
import { listening } from '../helpers/function-end.js';

it('a function goes on when its old process restarts under a hold that is then taken back', async () => {
  const { channel, submit, dial } = await listening();
  const old = await dial();
  submit('a');
  await old.heard(1);
  channel.hold();
  old.close();
  // The next process of the old version: to the channel it looks like one of the new version.
  const again = await dial();
  expect(await channel.arrived(5_000)).toBe(true);
  await channel.cutBack();
  channel.settle();
  expect(await again.heard(1)).toEqual(['a']);
});
