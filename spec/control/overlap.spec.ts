import { describe, expect, it } from '@jest/globals';
import { overlap } from '../../lib/control/overlap.js';
import { symbolRefused } from '../../lib/errors.js';
import { instance, sink, source, turn } from '../helpers/fake-runner.js';
import { besideNew, transfer } from '../helpers/fake-transfer.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');
const PREPARED = ['f hold', 'new start f', 'f arrived'];
const MOVED = ['f cutOver', 'old stop s1', 'old stop k2', 'new start s1', 'new start k2'];

describe('the overlap of two versions', () => {
  it('starts the functions, then moves everything, and then commits', async () => {
    const { steps, instances, parts, from, to, f, s, k } = await besideNew();
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

  it('does not fail for what the old version has refused: the new one is asked at the end', async () => {
    const { steps, fails, instances, parts, func, to } = await besideNew();
    const [g, t] = [func('g'), instance(source('3'))];
    for (const step of ['old start g', 'old start s3', 'new start g', 'new start s3']) fails(step, refusal);
    for (const { one } of [g, t]) instances.add(one);
    await turn();
    await expect(overlap(parts)).resolves.toHaveLength(3);
    await turn();
    expect(steps.slice(-3)).toEqual(['commit', 'new start g', 'new start s3']);
    expect([g.heard, t.heard]).toEqual(Array(2).fill(Array(2).fill('ERR_SYMBOL_REFUSED')));
    expect(instances.in(to)).toHaveLength(3);
  });

  it('moves what is added while the functions are started', async () => {
    const { steps, at, instances, parts, to } = await besideNew();
    const added = instance(source('3'));
    at('f arrived', () => instances.add(added.one));
    const costs = await overlap(parts);
    expect(steps).toEqual(expect.arrayContaining(['old start s3', 'old stop s3', 'new start s3']));
    expect(costs).toHaveLength(4);
    expect(instances.in(to)).toContain(added.one);
  });

  it('prepares a function that is added meanwhile, and each only once', async () => {
    const { steps, at, instances, parts, func, to } = await besideNew();
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
    const { steps, at, instances, parts } = await besideNew();
    at('new start s1', () => instances.add(instance(source('3')).one));
    await overlap(parts);
    expect(steps.filter((step) => step.endsWith('s3'))).toEqual(['new start s3']);
  });

  it('tells what the new version lacks when all has moved, and sends it nothing', async () => {
    const { steps, at, instances, parts, s, f } = await besideNew(['s', 'f']);
    at('commit', () => expect([s.heard, f.heard]).toEqual([[], []]));
    await overlap(parts);
    expect([s.heard, f.heard]).toEqual([['ERR_SYMBOL_REMOVED'], ['ERR_SYMBOL_REMOVED']]);
    expect(steps).toEqual(['old stop k2', 'new start k2', 'commit']);
    expect(instances.list()).toHaveLength(1);
  });

  it('tells so what is added while things move', async () => {
    const { steps, at, instances, parts } = await besideNew(['s']);
    const added = instance(source('3'));
    at('new start k2', () => instances.add(added.one));
    await overlap(parts);
    expect(added.heard).toEqual(['ERR_SYMBOL_REMOVED']);
    expect(steps.filter((step) => step.endsWith('s3'))).toEqual([]);
  });
});

describe('the overlap of two versions when the old one dies', () => {
  it('hands over a function that the new one has started already', async () => {
    const { steps, at, instances, parts, from, to, f, s, k } = await besideNew();
    at('f arrived', () => from.dies());
    await overlap(parts);
    await turn();
    expect(steps).toEqual([...PREPARED, 'f cutOver', 'commit', 'new start s1', 'new start k2']);
    expect(instances.in(to)).toEqual([f.one, s.one, k.one]);
    expect(f.heard).toEqual(['lost', 'started']);
  });

  it('tells what the new version lacks when it was down before', async () => {
    const { steps, parts, from, s, f } = await besideNew(['s', 'f']);
    from.dies();
    await overlap(parts);
    expect([s.heard, f.heard]).toEqual([
      ['lost', 'ERR_SYMBOL_REMOVED'],
      ['lost', 'ERR_SYMBOL_REMOVED'],
    ]);
    expect(steps).toEqual(['commit', 'new start k2']);
  });

  it('leaves nothing in its next process', async () => {
    const { at, instances, parts, from, to } = await besideNew();
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

describe('the overlap of two versions when the new one dies', () => {
  it('starts a function in its next process, too, before calls go there', async () => {
    const { steps, at, instances, parts, to, f, s, k } = await besideNew();
    at('old stop k2', async () => {
      // The source has moved.
      await turn();
      to.dies();
      to.comes();
    });
    const costs = await overlap(parts);
    await turn();
    expect(costs.map(({ instance, drained }) => [instance, drained])).toEqual([
      [f.one, 4],
      [s.one, 0],
      [k.one, 0],
    ]);
    expect(steps.filter((step) => /f$|^f/.test(step))).toEqual([...PREPARED, 'f cutOver', 'new start f', 'f cutOver']);
    expect(f.heard).toEqual(['started', 'lost', 'started']);
    expect(instances.in(to)).toEqual([f.one, s.one, k.one]);
  });

  it('is taken back when its next process refuses a function', async () => {
    const { at, fails, instances, parts, from, to } = await besideNew();
    at('old stop k2', async () => {
      await turn();
      to.dies();
      to.comes();
      fails('new start f', refusal);
    });
    await expect(overlap(parts)).rejects.toBe(refusal);
    expect(instances.in(from)).toHaveLength(3);
  });

  it('leaves everything to its next process when that was at the commit', async () => {
    const { steps, at, instances, parts, to, f } = await besideNew();
    at('commit', () => to.dies());
    await overlap(parts);
    expect(f.heard.at(-1)).toBe('lost');
    steps.splice(0);
    to.ready = true;
    instances.ready(to);
    expect(steps).toEqual(['new start f', 'new start s1', 'new start k2']);
  });
});
