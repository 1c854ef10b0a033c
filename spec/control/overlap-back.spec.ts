import { describe, expect, it } from '@jest/globals';
import { overlap } from '../../lib/control/overlap.js';
import { commandLost, symbolNotConnected, symbolRefused } from '../../lib/errors.js';
import { instance, source, turn } from '../helpers/fake-runner.js';
import { besideNew, transfer } from '../helpers/fake-transfer.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');
const PREPARED = ['f hold', 'new start f', 'f arrived'];
const MOVED = ['f cutOver', 'old stop s1', 'old stop k2', 'new start s1', 'new start k2'];

describe('the overlap of two versions is taken back', () => {
  it('when a function is refused: nothing else has moved', async () => {
    const { steps, fails, instances, parts, from, f, s, k } = await besideNew();
    fails('new start f', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    expect(steps).toEqual(['f hold', 'new start f', 'f cutBack']);
    expect(instances.in(from)).toEqual([f.one, s.one, k.one]);
    expect([s.heard, k.heard]).toEqual([[], []]);
  });

  it('when a function does not connect, once the others have', async () => {
    const { steps, at, fails, run, parts, func, to } = transfer();
    await run(func('f'), func('g'));
    to.comes();
    fails('f arrived', symbolNotConnected('p', 'f', 5_000));
    at('g arrived', () => turn().then(() => steps.push('g is here')));
    await expect(overlap(parts)).rejects.toMatchObject({ code: 'ERR_CHANNEL_DIAL' });
    expect(steps.slice(-3)).toEqual(['g is here', 'f cutBack', 'g cutBack']);
  });

  it('when a source is refused: it is started again, and what has moved goes back', async () => {
    const { steps, fails, instances, parts, from, f, s, k } = await besideNew();
    fails('new start s1', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    await turn();
    expect(steps).toEqual([...PREPARED, ...MOVED, 'old start s1', 'f cutBack', 'new stop k2', 'old start k2']);
    expect(instances.in(from)).toEqual([f.one, s.one, k.one]);
    expect([s.heard, k.heard]).toEqual([['started'], ['started', 'started']]);
  });

  it('when the commit fails: everything goes back', async () => {
    const { steps, fails, instances, parts, from, f, s, k } = await besideNew();
    const full = new Error('no space left');
    fails('commit', full as never);
    await expect(overlap(parts)).rejects.toBe(full);
    await turn();
    expect(steps.slice(PREPARED.length + MOVED.length)).toEqual([
      'commit',
      'f cutBack',
      'new stop s1',
      'new stop k2',
      'old start s1',
      'old start k2',
    ]);
    expect(instances.in(from)).toEqual([f.one, s.one, k.one]);
  });

  it('with what the new version lacks, which has heard of nothing', async () => {
    const { steps, fails, instances, parts, from, f, s, k } = await besideNew(['s', 'f']);
    fails('commit', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    expect([f.heard, s.heard]).toEqual([[], []]);
    expect(steps.filter((step) => /f$|s1$/.test(step))).toEqual([]);
    expect(instances.in(from)).toEqual([f.one, s.one, k.one]);
  });

  it('and what is added then starts in the old version', async () => {
    const { steps, fails, instances, parts } = await besideNew();
    fails('new start k2', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    instances.add(instance(source('3')).one);
    expect(steps.at(-1)).toBe('old start s3');
  });

  it('with a function that was added while things moved', async () => {
    const { steps, at, fails, instances, parts, func, from } = await besideNew();
    const added = func('g');
    at('new start s1', () => instances.add(added.one));
    fails('commit', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    expect(steps.filter((step) => /g$|^g/.test(step))).toEqual(['new start g', 'old start g']);
    expect(instances.in(from)).toContain(added.one);
  });

  it('when the new version dies', async () => {
    const { at, instances, parts, from, to } = await besideNew();
    at('new start k2', () => to.dies());
    await expect(overlap(parts)).rejects.toMatchObject({ code: 'ERR_COMMAND_LOST' });
    expect(instances.in(from)).toHaveLength(3);
  });

  it('when the new version dies with nothing but functions in it', async () => {
    const { steps, at, run, instances, parts, func, from, to } = transfer();
    const f = func('f');
    await run(f);
    to.comes();
    at('f arrived', () => to.dies());
    await expect(overlap(parts)).rejects.toMatchObject({ code: 'ERR_COMMAND_LOST' });
    expect(steps).toEqual([...PREPARED, 'f cutBack']);
    expect(instances.in(from)).toEqual([f.one]);
  });

  it('when the old one died and is back: functions are started there once calls go there again', async () => {
    const { steps, at, instances, parts, from, f, s, k } = await besideNew();
    at('commit', () => {
      from.dies();
      from.comes();
      throw refusal;
    });
    await expect(overlap(parts)).rejects.toBe(refusal);
    await turn();
    expect(steps.slice(PREPARED.length + MOVED.length)).toEqual([
      'commit',
      'f cutBack',
      'new stop s1',
      'new stop k2',
      'old start f',
      'old start s1',
      'old start k2',
    ]);
    expect(f.heard).toEqual(['started', 'lost', 'started']);
    expect(instances.in(from)).toEqual([f.one, s.one, k.one]);
  });

  it('without the old version: all of it waits for its next process', async () => {
    const { steps, at, instances, parts, from, to, f, s, k } = await besideNew();
    at('commit', () => {
      from.dies();
      to.dies();
      throw commandLost('p');
    });
    await expect(overlap(parts)).rejects.toMatchObject({ code: 'ERR_COMMAND_LOST' });
    expect([instances.in(from), instances.in(to)]).toEqual([[], []]);
    expect([f.heard.at(-1), s.heard.at(-1), k.heard.at(-1)]).toEqual(['lost', 'lost', 'lost']);
    steps.splice(0);
    from.comes();
    expect(steps).toEqual(['old start f', 'old start s1', 'old start k2']);
  });
});
