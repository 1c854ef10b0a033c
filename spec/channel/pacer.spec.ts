import { describe, expect, it } from '@jest/globals';
import { Pacer } from '../../lib/channel/pacer.js';
import { HandClock } from '../helpers/hand-clock.js';

function paced(patient = false) {
  const clock = new HandClock();
  const did: string[] = [];
  const note = (what: string) => (): void => void did.push(`${clock.now()} ${what}`);
  const gate = {
    pause: note('pause'),
    resume: note('resume'),
    readOut: note('read'),
    collect: note('collect'),
    release: note('release'),
    makeRoom: note('room'),
    full: false,
    onFull: (): void => undefined,
  };
  const traits = { patient };
  const pacer = new Pacer(gate, clock, () => traits.patient);
  const fill = (full: boolean): void => {
    gate.full = full;
    if (full) gate.onFull();
  };
  return { clock, did, traits, fill, pacer };
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

  it('reads all of it every 400 ms also when it flows for a moment in between', () => {
    const { clock, did, pacer } = paced();
    for (let at = 0; at < 1_000; at += 100) {
      pacer.pause();
      clock.advance(90);
      pacer.resume();
      clock.advance(10);
    }
    const reads = did.filter((what) => what.endsWith('read'));
    // It flows at 400 and at 800: the next pause does it.
    expect(reads).toEqual(['400 read', '800 read']);
    expect(did.slice(did.indexOf('400 read') - 1)).toEqual(
      expect.arrayContaining(['400 pause', '400 read', '490 resume', '800 pause', '800 read']),
    );
  });

  it('owes no read to a source that has flowed for a whole period', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    clock.advance(100);
    pacer.resume();
    clock.advance(800);
    pacer.pause();
    clock.advance(399);
    expect(did).toEqual(['0 pause', '100 resume', '900 pause']);
    clock.advance(1);
    expect(did[3]).toBe('1300 read');
  });

  it('leaves no timer behind a source that flows', () => {
    const { clock, pacer } = paced();
    pacer.pause();
    pacer.resume();
    clock.advance(800);
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });

  it('does not begin anew when it is paused twice', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    clock.advance(300);
    pacer.pause();
    clock.advance(100);
    expect(did).toEqual(['0 pause', '400 read']);
  });

  it('reads on while the source is stopped, and goes on as before when another process has it', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    pacer.collect();
    clock.advance(500);
    pacer.restore();
    clock.advance(400);
    expect(did).toEqual(['0 pause', '0 pause', '0 collect', '500 release', '900 read']);
  });

  it('makes room every 400 ms while too much of a stopped source waits, where it gives up after a second', () => {
    const { clock, did, fill, pacer } = paced();
    pacer.pause();
    pacer.collect();
    clock.advance(1_000);
    fill(true);
    clock.advance(900);
    fill(false);
    clock.advance(1_000);
    fill(true);
    pacer.collect();
    clock.advance(400);
    expect(did.slice(3)).toEqual(['1400 room', '1800 room', '2900 pause', '2900 collect', '3300 room']);
    pacer.close();
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });

  it('lets a stopped source that waits do so, of which too much has come', () => {
    const { clock, did, fill, pacer } = paced(true);
    pacer.pause();
    pacer.collect();
    fill(true);
    clock.advance(1_000);
    fill(false);
    clock.advance(400);
    expect(did).toEqual(['0 pause', '0 pause', '0 collect']);
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });

  it('hands on only what the rule takes meanwhile', () => {
    const { clock, did, pacer } = paced();
    pacer.collect();
    pacer.pause();
    clock.advance(1_000);
    pacer.resume();
    pacer.restore();
    clock.advance(1_000);
    expect(did).toEqual(['0 collect', '0 pause', '1000 resume', '1000 release']);
  });

  it('reads nothing more once it is closed', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    pacer.close();
    clock.advance(1_000);
    expect(did).toEqual(['0 pause']);
  });

  it('nor when it is closed while it changes processes, which it has done only then', () => {
    const { clock, did, pacer } = paced();
    pacer.pause();
    pacer.collect();
    pacer.close();
    pacer.restore();
    pacer.pause();
    clock.advance(1_000);
    expect(did).toEqual(['0 pause', '0 pause', '0 collect', '0 release']);
  });
});
