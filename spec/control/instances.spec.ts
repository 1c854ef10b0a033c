import { describe, expect, it } from '@jest/globals';
import { commandLost, commandTimeout, pluginStopped, symbolRefused } from '../../lib/errors.js';
import { functionControl } from '../../lib/wire/control.js';
import { instance, plugin, sink, source } from '../helpers/fake-runner.js';

/** A plugin that is ready, with one source in it whose START is out. */
function started() {
  const parts = plugin();
  const { one, heard } = instance(source('1'));
  parts.replay();
  parts.instances.add(one);
  return { ...parts, one, heard };
}

describe('the instances of a plugin', () => {
  it('are sent nothing while no process is ready', async () => {
    const { commands, instances } = plugin();
    const [a, b] = [instance(source('1')), instance(sink('2'))];
    instances.add(a.one);
    instances.add(b.one);
    await instances.revive(a.one);
    await instances.stop(a.one);
    await instances.remove(b.one);
    expect(commands).toEqual([]);
    expect(a.heard).toEqual([]);
  });

  it('start in the order in which they were added, functions too, in every process', () => {
    const { commands, instances, lost, replay } = plugin();
    instances.add(instance(functionControl('f')).one);
    instances.add(instance(source('1')).one);
    replay();
    instances.add(instance(sink('2')).one);
    const all = ['start f', 'start s1', 'start k2'];
    expect(commands).toEqual(all);
    lost();
    expect(commands).toEqual(all);
    replay();
    expect(commands).toEqual([...all, ...all]);
  });

  it('hear that they have started', async () => {
    const { answer, heard } = started();
    expect(heard).toEqual([]);
    await answer(0);
    expect(heard).toEqual(['started']);
  });

  it('hear that they were refused, and are started again in the next process', async () => {
    const { commands, answer, heard, lost, replay } = started();
    await answer(0, symbolRefused('p', 'start', 's', 'no such file'));
    expect(heard).toEqual(['ERR_SYMBOL_REFUSED']);
    lost();
    replay();
    await answer(1);
    expect(heard).toEqual(['ERR_SYMBOL_REFUSED', 'lost', 'started']);
    expect(commands).toEqual(['start s1', 'start s1']);
  });

  it('do not run where they were refused, and are started when another process serves', async () => {
    const { commands, instances, answer, one, heard, process, runner, lost } = started();
    await answer(0, symbolRefused('p', 'start', 's', 'no such file'));
    expect(instances.in(process)).toEqual([]);
    instances.replay(process);
    expect(commands).toEqual(['start s1']);
    const next = runner('new ');
    instances.replay(next);
    await answer(1);
    lost();
    expect([commands, heard]).toEqual([
      ['start s1', 'new start s1'],
      ['ERR_SYMBOL_REFUSED', 'started'],
    ]);
    expect(instances.in(next)).toEqual([one]);
  });

  it('run again where they were refused once they have come back to life', async () => {
    const { instances, answer, one, process } = started();
    await answer(0, symbolRefused('p', 'start', 's', 'no such file'));
    const revived = instances.revive(one);
    await answer(1);
    await revived;
    await answer(2);
    expect(instances.in(process)).toEqual([one]);
  });

  it.each([
    ['lost', commandLost('p')],
    ['not answered in time', commandTimeout('p', 'start', 's', 1)],
  ])('are not refused when their START is %s: the next process gets it', async (_, error) => {
    const { answer, heard } = started();
    await answer(0, error);
    expect(heard).toEqual([]);
  });

  it.each([
    ['success', undefined],
    ['refusal', symbolRefused('p', 'start', 's', 'no')],
  ])('do not hear of a late %s of a process that is gone', async (_, error) => {
    const { answer, heard, lost, replay } = started();
    lost();
    await answer(0, error);
    expect(heard).toEqual(['lost']);
    replay();
    await answer(1);
    expect(heard).toEqual(['lost', 'started']);
  });

  it('do not hear of their START once they are removed', async () => {
    const { instances, answer, one, heard, lost } = started();
    const removed = instances.remove(one);
    await answer(0);
    await answer(1);
    await removed;
    lost();
    expect(heard).toEqual([]);
  });

  it('are stopped when they are removed, and not replayed', async () => {
    const { commands, instances, answer, one, lost, replay } = started();
    const removed = instances.remove(one);
    await answer(1);
    await removed;
    await instances.remove(one);
    lost();
    replay();
    expect(commands).toEqual(['start s1', 'stop s1']);
  });

  it.each([
    ['ok', undefined, true],
    ['a refusal', symbolRefused('p', 'stop', 's', 'no'), true],
    ['no answer in time', commandTimeout('p', 'stop', 's', 5_000), false],
    ['the end of the process', commandLost('p'), false],
  ])('are removed with %s to their STOP, and it is known whether that was answered', async (_, error, answered) => {
    const { instances, answer, one } = started();
    const removed = instances.remove(one);
    await answer(1, error);
    expect(await removed).toBe(answered);
  });

  it('are not answered when they run nowhere', async () => {
    const { instances, lost, one } = started();
    lost();
    expect([await instances.remove(one), await instances.remove(one)]).toEqual([false, false]);
  });

  it('are not stopped when they are functions', async () => {
    const { commands, instances, lost, replay } = plugin();
    const { one } = instance(functionControl('f'));
    replay();
    instances.add(one);
    await instances.stop(one);
    await instances.remove(one);
    lost();
    replay();
    expect(commands).toEqual(['start f']);
  });

  it('do not remove another one in their place', async () => {
    const { commands, instances, lost, replay } = started();
    await instances.remove(instance(source('1')).one);
    lost();
    replay();
    expect(commands).toEqual(['start s1', 'start s1']);
  });

  it('come back to life by STOP and then START', async () => {
    const { commands, instances, answer, one, heard } = started();
    await answer(0);
    const revived = instances.revive(one);
    expect(commands).toEqual(['start s1', 'stop s1']);
    await answer(1, symbolRefused('p', 'stop', 's', 'broken'));
    await revived;
    expect(commands).toEqual(['start s1', 'stop s1', 'start s1']);
    await answer(2);
    expect(heard).toEqual(['started', 'started']);
  });

  it('do not come back to life when they are removed meanwhile', async () => {
    const { commands, instances, answer, one } = started();
    const revived = instances.revive(one);
    void instances.remove(one);
    await answer(1);
    await revived;
    expect(commands).toEqual(['start s1', 'stop s1', 'stop s1']);
  });

  it('are started once when a new process comes while they are brought back to life', async () => {
    const { commands, instances, answer, one, lost, replay } = started();
    const revived = instances.revive(one);
    lost();
    replay();
    await answer(1, commandLost('p'));
    await revived;
    expect(commands).toEqual(['start s1', 'stop s1', 'start s1']);
  });

  it('are refused all together when no process will come', async () => {
    const { commands, instances, answer, heard } = started();
    const other = instance(functionControl('f'));
    instances.add(other.one);
    instances.refuseAll(pluginStopped('p'));
    await answer(0);
    expect([heard, other.heard]).toEqual([['ERR_PLUGIN_STOPPED'], ['ERR_PLUGIN_STOPPED']]);
    instances.add(instance(sink('2')).one);
    expect(commands).toEqual(['start s1', 'start f']);
  });

  it('name the rules that use them, each once', async () => {
    const { instances } = plugin();
    const shared = instance(functionControl('f'), { users: () => ['a', 'c'] });
    for (const control of [source('1', 'a'), source('2', 'a'), sink('3', 'b')]) instances.add(instance(control).one);
    expect(instances.users()).toEqual(['a', 'b']);
    instances.add(shared.one);
    expect(instances.users()).toEqual(['a', 'b', 'c']);
    await instances.remove(shared.one);
    expect(instances.users()).toEqual(['a', 'b']);
  });
});
