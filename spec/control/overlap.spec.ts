import { describe, expect, it } from '@jest/globals';
import { overlap } from '../../lib/control/overlap.js';
import { commandLost, symbolNotConnected, symbolRefused } from '../../lib/errors.js';
import { instance, sink, source, turn } from '../helpers/fake-runner.js';
import { running as runningIn, transfer } from '../helpers/fake-transfer.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');
const PREPARED = ['f hold', 'new start f', 'f arrived'];
const MOVED = ['f cutOver', 'old stop s1', 'old stop k2', 'new start s1', 'new start k2'];

/** A function, a source and a sink in the old version, and the new version beside it. */
async function running(lacking?: readonly string[]) {
  const all = await runningIn(lacking);
  all.to.comes();
  return all;
}

describe('the overlap of two versions', () => {
  it('starts the functions, then moves everything, and then commits', async () => {
    const { steps, instances, parts, from, to, f, s, k } = await running();
    expect(await overlap(parts)).toEqual([
      { instance: f.one, gap: 0, queued: 0, drained: 2 },
      { instance: s.one, gap: 0, queued: 0, drained: 0 },
      { instance: k.one, gap: 0, queued: 0, drained: 0 },
    ]);
    expect(steps).toEqual([...PREPARED, ...MOVED, 'commit']);
    expect([instances.in(from), instances.in(to)]).toEqual([[], [f.one, s.one, k.one]]);
    expect([f.heard, s.heard, k.heard]).toEqual([['started'], ['started'], ['started']]);
  });

  it('commits when nothing runs', async () => {
    const { steps, instances, parts, from, to } = transfer();
    from.comes();
    to.comes();
    expect(await overlap(parts)).toEqual([]);
    instances.add(instance(source('1')).one);
    expect(steps).toEqual(['commit', 'new start s1']);
  });

  it('moves what is added while the functions are started', async () => {
    const { steps, at, instances, parts, to } = await running();
    const added = instance(source('3'));
    at('f arrived', () => instances.add(added.one));
    const costs = await overlap(parts);
    expect(steps).toEqual(expect.arrayContaining(['old start s3', 'old stop s3', 'new start s3']));
    expect(costs).toHaveLength(4);
    expect(instances.in(to)).toContain(added.one);
  });

  it('prepares a function that is added meanwhile, and each only once', async () => {
    const { steps, at, instances, parts, func, to } = await running();
    const added = func('g');
    at('f arrived', () => instances.add(added.one));
    await overlap(parts);
    expect(steps.filter((step) => /g$|^g/.test(step))).toEqual([
      'old start g',
      'g hold',
      'new start g',
      'g arrived',
      'g cutOver',
    ]);
    expect(steps.filter((step) => step === 'f hold')).toHaveLength(1);
    expect(instances.in(to)).toContain(added.one);
  });

  it('starts in the new version what is added while things move', async () => {
    const { steps, at, instances, parts } = await running();
    at('new start s1', () => instances.add(instance(source('3')).one));
    await overlap(parts);
    expect(steps.filter((step) => step.endsWith('s3'))).toEqual(['new start s3']);
  });

  it('tells what the new version lacks, and sends it nothing', async () => {
    const { steps, instances, parts, s, f } = await running(['s', 'f']);
    await overlap(parts);
    expect([s.heard, f.heard]).toEqual([['ERR_SYMBOL_REMOVED'], ['ERR_SYMBOL_REMOVED']]);
    expect(steps).toEqual(['old stop k2', 'new start k2', 'commit']);
    expect(instances.list()).toHaveLength(1);
  });
});

describe('the overlap of two versions when the old one dies', () => {
  it('hands over a function that the new one has started already', async () => {
    const { steps, at, instances, parts, from, to, f, s, k } = await running();
    at('f arrived', () => from.dies());
    await overlap(parts);
    await turn();
    expect(steps).toEqual([...PREPARED, 'f cutOver', 'commit', 'new start s1', 'new start k2']);
    expect(instances.in(to)).toEqual([f.one, s.one, k.one]);
    expect(f.heard).toEqual(['lost', 'started']);
  });

  it('leaves nothing in its next process', async () => {
    const { at, instances, parts, from, to } = await running();
    const [added, later] = [instance(source('3')), instance(sink('4'))];
    at('new start s1', () => {
      from.dies();
      from.comes();
      instances.add(added.one);
    });
    at('commit', () => {
      from.dies();
      from.comes();
      instances.add(later.one);
    });
    await overlap(parts);
    expect(instances.in(from)).toEqual([]);
    expect(instances.in(to)).toHaveLength(5);
  });
});

describe('the overlap of two versions when the new one dies at its commit', () => {
  it('leaves everything to its next process', async () => {
    const { steps, at, instances, parts, to, f } = await running();
    at('commit', () => to.dies());
    await overlap(parts);
    expect(f.heard.at(-1)).toBe('lost');
    steps.splice(0);
    to.ready = true;
    instances.ready(to);
    expect(steps).toEqual(['new start f', 'new start s1', 'new start k2']);
  });
});

describe('the overlap of two versions is taken back', () => {
  it('when a function is refused: nothing else has moved', async () => {
    const { steps, fails, instances, parts, from, f, s, k } = await running();
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
    const { steps, fails, instances, parts, from, f, s, k } = await running();
    fails('new start s1', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    await turn();
    expect(steps).toEqual([...PREPARED, ...MOVED, 'old start s1', 'f cutBack', 'new stop k2', 'old start k2']);
    expect(instances.in(from)).toEqual([f.one, s.one, k.one]);
    expect([s.heard, k.heard]).toEqual([['started'], ['started', 'started']]);
  });

  it('when the commit fails: everything goes back', async () => {
    const { steps, fails, instances, parts, from, f, s, k } = await running();
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

  it('and what is added then starts in the old version', async () => {
    const { steps, fails, instances, parts } = await running();
    fails('new start k2', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    instances.add(instance(source('3')).one);
    expect(steps.at(-1)).toBe('old start s3');
  });

  it('with a function that was added while things moved', async () => {
    const { steps, at, fails, instances, parts, func, from } = await running();
    const added = func('g');
    at('new start s1', () => instances.add(added.one));
    fails('commit', refusal);
    await expect(overlap(parts)).rejects.toBe(refusal);
    expect(steps.filter((step) => /g$|^g/.test(step))).toEqual(['new start g', 'old start g']);
    expect(instances.in(from)).toContain(added.one);
  });

  it('when the new version dies', async () => {
    const { at, instances, parts, from, to } = await running();
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

  it('without the old version: all of it waits for its next process', async () => {
    const { steps, at, instances, parts, from, to, f, s, k } = await running();
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
