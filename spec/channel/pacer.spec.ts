import { describe, expect, it } from '@jest/globals';
import { Pacer } from '../../lib/channel/pacer.js';
import { HandClock } from '../helpers/hand-clock.js';

function paced(patient = false) {
  const clock = new HandClock();
  const did: string[] = [];
  const note = (what: string) => (): void => void did.push(`${clock.now()} ${what}`);
  const socket = { pause: note('pause'), resume: note('resume'), readOut: note('read') };
  const traits = { patient };
  return { clock, did, traits, pacer: new Pacer(socket, clock, () => traits.patient) };
}

describe('the pacer of a source', () => {
  it('reads what has come every 400 ms where the source gives up after a second', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    clock.advance(1_300);
    pacer.resume();
    clock.advance(1_000);
    expect(did).toEqual(['0 pause', '400 read', '800 read', '1200 read', '1300 resume']);
  });

  it('reads nothing from a source that waits, and asks anew each time: its process may be another one', () => {
    const { clock, did, traits, pacer } = paced(true);
    pacer.pause();
    clock.advance(10_000);
    expect(did).toEqual(['0 pause']);
    traits.patient = false;
    clock.advance(400);
    expect(did).toEqual(['0 pause', '10400 read']);
  });

  it('does not begin anew when it is paused twice', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    clock.advance(300);
    pacer.pause();
    clock.advance(100);
    expect(did).toEqual(['0 pause', '400 read']);
  });

  it('reads on while it is suspended, and pauses afterwards if it still has to', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    pacer.suspend();
    clock.advance(500);
    pacer.restore();
    clock.advance(400);
    expect(did).toEqual(['0 pause', '0 resume', '500 pause', '900 read']);
  });

  it('pauses after a suspension if that came up meanwhile, and else not', () => {
    const { clock, did, pacer } = paced();
    pacer.suspend();
    pacer.pause();
    pacer.restore();
    pacer.resume();
    pacer.suspend();
    pacer.restore();
    clock.advance(1_000);
    expect(did).toEqual(['0 resume', '0 pause', '0 resume', '0 resume']);
  });

  it('does nothing any more once it is closed', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    pacer.close();
    clock.advance(1_000);
    pacer.resume();
    expect(did).toEqual(['0 pause']);
  });
});
