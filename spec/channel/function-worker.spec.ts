import { describe, expect, it } from '@jest/globals';
import { FunctionWorker } from '../../lib/channel/function-worker.js';
import { callTimeout } from '../../lib/errors.js';
import type { RepPeer } from '../../lib/sp/rep.js';
import { HandClock } from '../helpers/hand-clock.js';

const GO_STEP = 5_000;

/** One connection of a function, on which the spec speaks. */
function connection() {
  const clock = new HandClock();
  const told: unknown[] = [];
  const elsewhere = { atWork: false };
  const peer = { asked: false, reply: () => !(peer.asked = false) };
  const worker = new FunctionWorker(peer as unknown as RepPeer, 0, undefined, {
    address: 'x.ipc',
    clock,
    atWork: () => elsewhere.atWork,
    silent: (_, verdict, quiet) => told.push([verdict, quiet]),
  });
  const says = (text: string): void => {
    peer.asked = true;
    worker.heard(Buffer.from(text));
  };
  /** As the SDKs do without a call. */
  const idles = (times: number): void => {
    for (let i = 0; i < times; i += 1) {
      clock.advance(GO_STEP);
      says('handshake');
    }
  };
  says('handshake');
  return { clock, told, elsewhere, worker, says, idles };
}

const hung = [
  ['quiet', 30_000],
  ['hung', 40_000],
];

describe('a connection of a function', () => {
  it('that has said handshake twice and then nothing is told after 30 s, and after 40 s', () => {
    const { clock, told, idles } = connection();
    idles(2);
    clock.advance(29_000);
    expect(told).toEqual([]);
    clock.advance(11_000);
    expect(told).toEqual(hung);
  });

  it('that says it as long as it lasts is never told', () => {
    const { told, idles } = connection();
    idles(1_000);
    expect(told).toEqual([]);
  });

  it('of an SDK that says it once, to greet, is never told', () => {
    const { clock, told, idles } = connection();
    clock.advance(600_000);
    idles(1);
    clock.advance(600_000);
    expect(told).toEqual([]);
  });

  it('is not told while its call is out, nor while the answer that was given up is', () => {
    const { clock, told, worker, says, idles } = connection();
    idles(2);
    worker.exchange.ask('a', () => undefined);
    clock.advance(60_000);
    worker.exchange.abandon(callTimeout('f', 60_000));
    clock.advance(60_000);
    expect(told).toEqual([]);
    says('{"state":true,"result":1}');
    clock.advance(40_000);
    expect(told).toEqual(hung);
  });

  it('is not told while its process works elsewhere', () => {
    const { clock, told, elsewhere, idles } = connection();
    idles(2);
    elsewhere.atWork = true;
    clock.advance(60_000);
    expect(told).toEqual([]);
  });

  it('that is gone is not looked at any longer', () => {
    const { clock, told, worker, idles } = connection();
    idles(2);
    worker.lost();
    clock.advance(600_000);
    expect(told).toEqual([]);
    expect(clock.actions).toEqual([]);
  });
});
