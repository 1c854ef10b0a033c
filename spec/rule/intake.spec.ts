import { describe, expect, it } from '@jest/globals';
import { Observable } from 'rxjs';
import { Intake } from '../../lib/rule/intake.js';
import { Outlet } from '../../lib/stage.js';
import { handOn } from '../../lib/symbol/hand-on.js';
import type { Place, Stoppable } from '../../lib/symbol/owner.js';
import { HandClock } from '../helpers/hand-clock.js';

const over = Promise.resolve();
const marks = { high: 10, low: 3 };

/** An intake, and what its sources and its listener were told, in order. */
function start(paused: (by: string) => void = () => undefined) {
  const log: string[] = [];
  const clock = new HandClock();
  const intake = new Intake(clock, (by) => {
    log.push(`paused for ${by}`);
    paused(by);
  });
  const source = (name: string, resumed: () => void = () => undefined): Stoppable => ({
    pause: () => log.push(`pause ${name}`),
    resume: () => {
      log.push(`resume ${name}`);
      resumed();
    },
    stop() {
      log.push(`stop ${name}`);
      return { read: over, ended: over };
    },
    complete: () => log.push(`complete ${name}`),
  });
  const since = (act: () => void): readonly string[] => {
    log.length = 0;
    act();
    return [...log];
  };
  return { clock, intake, log, source, since };
}

describe('the sources of a run', () => {
  it('wait from when a stage is above its high mark until all are at their low marks', () => {
    const { intake, source, since } = start();
    const [sink, call] = [intake.gauge('sink file', marks), intake.gauge('call echo', marks)];
    intake.add(source('a'));
    intake.add(source('b'));

    expect(since(() => sink.set(10))).toEqual([]);
    expect(since(() => sink.set(11))).toEqual(['pause a', 'pause b', 'paused for sink file']);
    expect(since(() => call.set(11))).toEqual([]);
    expect(since(() => sink.set(0))).toEqual([]);
    expect(since(() => call.set(3))).toEqual(['resume a', 'resume b']);
  });

  it('wait from the start when they are added under pressure, and not otherwise', () => {
    const { intake, source, since } = start();
    const gauge = intake.gauge('sink file', marks);

    expect(since(() => void intake.add(source('early')))).toEqual([]);
    gauge.set(11);
    expect(since(() => void intake.add(source('late')))).toEqual(['pause late']);
    expect(since(() => gauge.set(0))).toEqual(['resume early', 'resume late']);
  });

  it('are not resumed one after the other when the first brings too much already', () => {
    const { intake, source, since } = start();
    const gauge = intake.gauge('sink file', marks);
    let brings = 11;
    intake.add(source('a', () => gauge.set(brings)));
    intake.add(source('b'));
    gauge.set(11);

    expect(since(() => gauge.set(0))).toEqual(['resume a', 'pause a', 'pause b', 'paused for sink file']);
    brings = 10;
    expect(since(() => gauge.set(0))).toEqual(['resume a', 'resume b']);
  });

  it('go on when who hears of the pause ends what they wait for', () => {
    const { intake, source, since } = start(() => gauge.set(0));
    const gauge = intake.gauge('queue slow', marks);
    intake.add(source('a'));

    expect(since(() => gauge.set(11))).toEqual(['pause a', 'paused for queue slow', 'resume a']);
  });

  it('are forgotten when they have ended', () => {
    const { intake, source, since } = start();
    const gauge = intake.gauge('sink file', marks);
    const ended = intake.add(source('a'));
    intake.add(source('b'));
    gauge.set(11);
    ended.left();

    expect(since(() => gauge.set(0))).toEqual(['resume b']);
  });

  it('are stopped together', async () => {
    const { intake, log, source } = start();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow: Stoppable = { ...source('slow'), stop: () => ({ read: over, ended: released }) };
    intake.add(slow);
    intake.add(source('a'));
    const { read, ended } = intake.stop();
    const stopped = ended.then(() => log.push('stopped'));

    await read;
    expect(log).toEqual(['stop a']);
    release();
    await stopped;
    expect(log).toEqual(['stop a', 'stopped']);
  });

  it('wait earlier when their tuples are large, and as before when they are not any more', () => {
    const { intake, source, since } = start();
    const { size } = intake.add(source('a'));
    const gauge = intake.gauge('sink file', marks);
    size(16_384 * 5);
    expect(since(() => gauge.set(2))).toEqual([]);
    expect(since(() => gauge.set(3))).toEqual(['pause a', 'paused for sink file']);
    expect(since(() => gauge.set(1))).toEqual([]);
    expect(since(() => gauge.set(0))).toEqual(['resume a']);
    size(100);
    expect(since(() => gauge.set(10))).toEqual([]);
    expect(since(() => gauge.set(11))).toEqual(['pause a', 'paused for sink file']);
  });

  it('make room scarce for none but their own: a value counts for what the source weighs that hands it on', () => {
    const { intake, source } = start();
    const [large, small] = [intake.add(source('large')), intake.add(source('small'))];
    large.size(16_384 * 20);
    small.size(100);
    const { scale } = intake.hooks('call echo');
    const weighed: unknown[] = [];
    const came = (other: Place): void => {
      weighed.push(scale?.weight);
      // One that lets another one go on.
      if (other !== small) hand(other, small);
      weighed.push(scale?.weight);
    };
    let hand: (place: Place, value: Place) => void = () => undefined;
    new Observable<Place>((subscriber) => {
      const outlet = new Outlet(subscriber, () => undefined);
      hand = (place, value) => handOn(place, outlet, value);
    }).subscribe(came);
    hand(small, large);
    hand(large, small);
    // Of a timer, or of an answer: it may be of any.
    weighed.push(scale?.weight);
    expect(weighed).toEqual([1, 20, 20, 1, 20, 20, 20]);
    expect(scale?.largest).toBe(20);
    large.left();
    expect([scale?.weight, scale?.largest]).toEqual([1, 1]);
  });

  it.each<[string, boolean, readonly number[]]>([
    ['have gone silent', false, [20, 20, 1]],
    ['had no chance to send one', true, [20, 20, 20]],
  ])('forget how large tuples were when their source and the others %s', (_, held, largest) => {
    const { clock, intake, source } = start();
    const place = intake.add(source('a'));
    const { weights } = place;
    const gauge = intake.gauge('sink file', marks);
    place.size(16_384 * 20);
    if (held) gauge.set(11);
    // What it had sent before, and hands on later, is as large as it was.
    const seen = [0, 9_999, 10_001].map((ms) => (clock.advance(ms), weights.largest));
    expect([seen, place.weight]).toEqual([largest, 20]);
    place.size(16_384 * 5);
    clock.advance(9_000);
    expect(weights.largest).toBe(5);
    gauge.set(0);
    clock.advance(30_000);
    expect([weights.largest, clock.actions.filter(({ closed }) => !closed)]).toEqual([1, []]);
  });

  it('forget how large the tuples of a source were that has left', () => {
    const { intake, source, since } = start();
    const [large, small] = [intake.add(source('large')), intake.add(source('small'))];
    const gauge = intake.gauge('sink file', marks);
    large.size(16_384 * 20);
    small.size(100);
    expect(since(() => gauge.set(1))).toContain('paused for sink file');
    gauge.set(0);
    large.left();
    expect(since(() => gauge.set(10))).toEqual([]);
  });
});
