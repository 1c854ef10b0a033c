/** What every transport has to do, as a suite over one that pulls and one that pushes. */
import { describe, expect, it } from '@jest/globals';
import { addressContract } from './transport/addresses.js';
import { Channels, type Sides } from './transport/channels.js';
import { endContract } from './transport/ends.js';
import { holdContract } from './transport/holds.js';
import { messageContract } from './transport/messages.js';
import { pauseContract } from './transport/pauses.js';

export type { Side } from './transport/channels.js';

export function transportContract(title: string, sides: Sides): void {
  describe(title, () => {
    const channels = new Channels(sides);

    it('says truly what it can do', () => {
      const claims = ({ open: _, ...capabilities }: Sides['pull']): object => capabilities;
      expect(channels.taker.capabilities).toMatchObject(claims(sides.pull));
      expect(channels.giver.capabilities).toMatchObject(claims(sides.push));
    });

    messageContract(channels, sides);
    addressContract(channels);
    endContract(channels, sides);
    if (sides.pull.pause) pauseContract(channels);
    holdContract(channels, sides);
  });
}
