import { describe, expect, it } from '@jest/globals';
import { symbolRefused } from '../../lib/errors.js';
import { type InstanceParts, movingSource, runningSource, toCome, turn } from '../helpers/fake-runner.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');

describe('an instance that is removed while it changes processes', () => {
  it('is not started in the new one when that has not been asked yet', async () => {
    const { instances, commands, answer, one, heard, outcome } = await movingSource();
    const removed = instances.remove(one);
    await answer(1);
    await answer(2);
    await removed;
    expect(commands).toEqual(['old stop s1', 'old stop s1']);
    expect(heard).toEqual([]);
    expect(outcome).toHaveLength(1);
    expect(instances.list()).toEqual([]);
  });

  it('is stopped in the new one when that has been asked', async () => {
    const { instances, commands, answer, one, heard } = await movingSource();
    await answer(1);
    const removed = instances.remove(one);
    await answer(2);
    expect(commands).toEqual(['old stop s1', 'new start s1', 'new stop s1']);
    await answer(3);
    await removed;
    void instances.stop(one);
    expect(commands.at(-1)).toBe('new stop s1');
    expect([heard, commands.length]).toEqual([[], 4]);
  });

  it('is gone at once while it waits, stopped, for a process that is still to come', async () => {
    const { awaited, come } = toCome();
    const { instances, commands, answer, to, one, heard, outcome } = await movingSource({}, () => awaited);
    await answer(1);
    await instances.remove(one);
    come(to);
    await turn();
    expect(commands).toEqual(['old stop s1']);
    expect([heard, outcome]).toEqual([[], [{ gap: 0, queued: 0 }]]);
  });

  it('does not wait for a process that is still to come when it is removed before it has stopped', async () => {
    const asked: unknown[] = [];
    const { instances, commands, answer, one, outcome } = await movingSource({}, () => {
      asked.push('target');
      return new Promise(() => undefined);
    });
    const removed = instances.remove(one);
    await answer(1);
    await answer(2);
    await removed;
    expect([commands, asked]).toEqual([['old stop s1', 'old stop s1'], []]);
    expect(outcome).toHaveLength(1);
  });

  it('is stopped first when it is to start before it stops', async () => {
    const { awaited, come } = toCome();
    const move: InstanceParts['move'] = async ({ stop, start }) => {
      await start();
      await stop();
      return { gap: 0, queued: 0 };
    };
    const { instances, commands, answer, to, one } = await movingSource({ move }, () => awaited);
    let gone = false;
    const removed = instances.remove(one).then(() => (gone = true));
    await turn();
    expect(gone).toBe(false);
    come(to);
    await turn();
    await answer(1);
    await answer(2);
    expect(commands).toEqual(['old stop s1', 'old stop s1']);
    await removed;
  });

  it('is started nowhere when the new one refuses it', async () => {
    const { instances, commands, answer, one, heard, outcome } = await movingSource();
    await answer(1);
    const removed = instances.remove(one);
    await answer(2, refusal);
    await removed;
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect([heard, outcome]).toEqual([[], ['ERR_SYMBOL_REFUSED']]);
  });

  it('costs nothing when it was removed before', async () => {
    const { instances, commands, answer, to, one } = await runningSource();
    const removed = instances.remove(one);
    expect(await instances.move(one, () => Promise.resolve(to))).toEqual({ gap: 0, queued: 0 });
    await answer(1);
    await removed;
    expect(commands).toEqual(['old stop s1']);
  });
});
