import { describe, expect, it } from '@jest/globals';
import { replace } from '../../lib/control/replace.js';
import { hostStopped, pluginFailed, pluginStopped, symbolRefused } from '../../lib/errors.js';
import { instance, source, turn } from '../helpers/fake-runner.js';
import { running, transfer } from '../helpers/fake-transfer.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');
const { signal: unheard } = new AbortController();
const never = { signal: unheard, closing: unheard };
/** The calls that are out come back, everything is stopped, and then the process. */
const OLD_DOWN = ['f hold', 'f cutOver', 'old stop s1', 'old stop k2', 'old stops'];
const NEW_UP = ['new starts', 'new start f', 'new start s1', 'new start k2'];
const OLD_UP = ['old starts', 'old start f', 'old start s1', 'old start k2'];

describe('the replacement of a version', () => {
  it('takes the old one down, the new one up, and then commits', async () => {
    const { steps, at, instances, parts, from, to, f, s, k } = await running();
    at('old stop k2', () => turn().then(() => steps.push('old has stopped k2')));
    expect(await replace(parts, never)).toEqual([
      { instance: f.one, gap: 0, queued: 0, drained: 2 },
      { instance: s.one, gap: 0, queued: 0, drained: 0 },
      { instance: k.one, gap: 0, queued: 0, drained: 0 },
    ]);
    expect(steps).toEqual([...OLD_DOWN.slice(0, -1), 'old has stopped k2', 'old stops', ...NEW_UP, 'commit']);
    expect([instances.in(from), instances.in(to)]).toEqual([[], [f.one, s.one, k.one]]);
    expect([f.heard, s.heard, k.heard]).toEqual([['lost', 'started'], ['started'], ['started']]);
  });

  it('lets what is added meanwhile wait for the new one', async () => {
    const { steps, at, instances, parts } = await running();
    at('old stop s1', () => instances.add(instance(source('3')).one));
    at('old stops', () => instances.add(instance(source('4')).one));
    await replace(parts, never);
    expect(steps.filter((step) => /s[34]$/.test(step))).toEqual(['new start s3', 'new start s4']);
  });

  it('tells what the new version lacks', async () => {
    const { steps, parts, k, f } = await running(['k', 'f']);
    const moved = replace(parts, never);
    await expect(moved).resolves.toHaveLength(3);
    expect([k.heard, f.heard]).toEqual([['ERR_SYMBOL_REMOVED'], ['lost', 'ERR_SYMBOL_REMOVED']]);
    expect(steps).toEqual([...OLD_DOWN, 'new starts', 'new start s1', 'commit']);
  });

  it('does not fail for what the old one has refused: the new one is asked like any other', async () => {
    const { fails, instances, parts, k, to } = await running();
    const refused = instance(source('3'));
    for (const step of ['old start s3', 'new start s3']) fails(step, refusal);
    instances.add(refused.one);
    await turn();
    await expect(replace(parts, never)).resolves.toHaveLength(3);
    await turn();
    expect(refused.heard).toEqual(['ERR_SYMBOL_REFUSED', 'lost', 'ERR_SYMBOL_REFUSED']);
    expect([k.heard, instances.in(to)]).toEqual([['started'], expect.not.arrayContaining([refused.one])]);
  });

  it('does so when nothing runs', async () => {
    const { steps, from, parts } = transfer();
    from.comes();
    expect(await replace(parts, never)).toEqual([]);
    expect(steps).toEqual(['old stops', 'new starts', 'commit']);
  });

  it('goes on when the old one dies before it is stopped', async () => {
    const { at, instances, parts, from, to } = await running();
    at('old stop k2', () => turn().then(() => from.dies()));
    await replace(parts, never);
    expect(instances.in(to)).toHaveLength(3);
  });
});

describe('the replacement of a version is taken back', () => {
  it('before anything stops, when it may not begin', async () => {
    const { steps, instances, parts, from } = await running();
    const begin = (): void => {
      throw refusal;
    };
    await expect(replace({ ...parts, begin }, never)).rejects.toBe(refusal);
    expect([steps, instances.in(from).length, from.ready]).toEqual([[], 3, true]);
  });

  it('when the new one does not come', async () => {
    const { steps, fails, instances, parts, from, f, s, k } = await running();
    const failed = pluginFailed('p', pluginStopped('p'));
    fails('new starts', failed);
    await expect(replace(parts, never)).rejects.toBe(failed);
    await turn();
    expect(steps).toEqual([...OLD_DOWN, 'new starts', 'new stops', ...OLD_UP]);
    expect(instances.in(from)).toEqual([f.one, s.one, k.one]);
    expect([f.heard, s.heard, k.heard]).toEqual([
      ['lost', 'started'],
      ['lost', 'started'],
      ['lost', 'started'],
    ]);
  });

  it('when it is told to stop while the new one starts', async () => {
    const { steps, at, instances, parts, from } = await running();
    const aborter = new AbortController();
    const enough = new Error('enough');
    at('new starts', () => {
      aborter.abort(enough);
      return new Promise(() => undefined);
    });
    await expect(replace(parts, { ...never, signal: aborter.signal })).rejects.toBe(enough);
    expect(steps).toEqual([...OLD_DOWN, 'new starts', 'new stops', ...OLD_UP]);
    expect(instances.in(from)).toHaveLength(3);
  });

  it('when the old one can not be ended', async () => {
    const { steps, fails, instances, parts, from, s } = await running();
    const stuck = pluginStopped('p');
    fails('old stops', stuck);
    await expect(replace(parts, never)).rejects.toBe(stuck);
    await turn();
    expect(steps.slice(0, OLD_DOWN.length)).toEqual(OLD_DOWN);
    expect(s.heard).toEqual(['started']);
    expect(instances.in(from)).toHaveLength(3);
  });

  it('when something can not be moved, which is known long before all is down', async () => {
    const { at, run, instances, parts, from } = transfer();
    const one = instance(source('1'), { move: () => Promise.reject(refusal) });
    await run(one);
    // Jest fails a spec in which a rejection is not handled within a turn of the loop.
    at('old stops', async () => {
      await turn();
      await turn();
    });
    await expect(replace(parts, never)).rejects.toBe(refusal);
    expect(instances.in(from)).toEqual([one.one]);
  });

  it('when something is refused: what has moved goes back', async () => {
    const { steps, fails, instances, parts, from } = await running();
    fails('new start s1', refusal);
    await expect(replace(parts, never)).rejects.toBe(refusal);
    await turn();
    const back = steps.slice(OLD_DOWN.length + NEW_UP.length);
    expect(back).toEqual(['f hold', 'f cutOver', 'new stop k2', 'new stops', ...OLD_UP]);
    expect(instances.in(from)).toHaveLength(3);
  });

  it('when the commit fails', async () => {
    const { fails, instances, parts, from, to } = await running();
    fails('commit', refusal);
    await expect(replace(parts, never)).rejects.toBe(refusal);
    expect([instances.in(from).length, instances.in(to).length]).toEqual([3, 0]);
    expect([from.ready, to.ready]).toEqual([true, false]);
  });

  it('with the first reason, when the old one does not come either; it may come later', async () => {
    const { steps, fails, instances, parts, from } = await running();
    fails('new starts', refusal);
    fails('old starts', pluginStopped('p'));
    await expect(replace(parts, never)).rejects.toBe(refusal);
    expect(instances.in(from)).toEqual([]);
    steps.splice(0);
    from.comes();
    expect(steps).toEqual(OLD_UP.slice(1));
  });

  it('and the old one stays stopped when it was that before', async () => {
    const { steps, fails, instances, parts, from, to, f, s, k } = await running();
    from.dies();
    fails('commit', refusal);
    await expect(replace(parts, never)).rejects.toBe(refusal);
    const down = ['f hold', 'f cutOver', 'new stop s1', 'new stop k2', 'new stops'];
    expect(steps).toEqual(['old stops', ...NEW_UP, 'commit', ...down]);
    for (const { heard } of [f, s, k]) expect(heard).toEqual(['lost', 'started', 'lost']);
    expect([from.ready, to.ready]).toEqual([false, false]);
    steps.splice(0);
    from.comes();
    expect(steps).toEqual(OLD_UP.slice(1));
    expect(instances.in(from)).toHaveLength(3);
  });

  it.each([
    ['the new one starts', 'new starts', ['new starts', 'new stops']],
    ['the old one starts again', 'old starts', ['new starts', 'new stops', 'old starts']],
  ])('without waiting for anything when the host stops while %s', async (_, step, after) => {
    const { steps, at, fails, parts } = await running();
    const aborter = new AbortController();
    const stopped = hostStopped();
    const { signal } = aborter;
    fails('new starts', refusal);
    at(step, () => {
      aborter.abort(stopped);
      return new Promise(() => undefined);
    });
    await expect(replace(parts, { signal, closing: signal })).rejects.toBe(step === 'new starts' ? stopped : refusal);
    expect(steps).toEqual([...OLD_DOWN, ...after]);
  });

  it('when the host stops before the new one starts: nothing is started any more', async () => {
    const { steps, at, parts } = await running();
    const aborter = new AbortController();
    const stopped = hostStopped();
    const { signal } = aborter;
    at('old stops', () => aborter.abort(stopped));
    await expect(replace(parts, { signal, closing: signal })).rejects.toBe(stopped);
    expect(steps).toEqual([...OLD_DOWN, 'new stops']);
  });
});
