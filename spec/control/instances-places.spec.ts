import { describe, expect, it } from '@jest/globals';
import type { Runner } from '../../lib/control/instance.js';
import { configInvalid, symbolRefused } from '../../lib/errors.js';
import { functionControl } from '../../lib/wire/control.js';
import { instance, plugin, runningSource, sink, source, turn, versionOf } from '../helpers/fake-runner.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');

describe('an instance without a move', () => {
  it('is adopted by a process that runs it already', async () => {
    const { instances, commands, answer, lost, from, to, one, heard } = await runningSource();
    void instances.startIn(one, to);
    await answer(1);
    instances.adopt(one, to);
    expect([commands, heard]).toEqual([['new start s1'], ['started']]);
    lost(from);
    expect(heard).toEqual(['started']);
    lost(to);
    expect(heard).toEqual(['started', 'lost']);
  });

  it('is forgotten, and started by the next replay', async () => {
    const { instances, commands, from, to, one, heard } = await runningSource();
    instances.forget(one);
    expect([heard, instances.in(from)]).toEqual([['lost'], []]);
    instances.replay(to);
    expect(commands).toEqual(['new start s1']);
  });

  it('is expelled when the version lacks it, and told and sent nothing more', async () => {
    const { instances, commands, lost, from, to, one, heard } = await runningSource();
    const { one: other } = instance(sink('2'));
    instances.add(other);
    commands.splice(0);
    instances.expelFrom(versionOf('v2', ['s']));
    expect([heard, commands, instances.list()]).toEqual([['ERR_SYMBOL_REMOVED'], [], [other]]);
    instances.adopt(one, to);
    instances.forget(one);
    await instances.remove(one);
    lost(from);
    instances.replay(to);
    expect([heard, commands]).toEqual([['ERR_SYMBOL_REMOVED'], ['new start k2']]);
  });

  it('counts as accepted by a process that has said so, until that is gone or was told to stop it', async () => {
    const { instances, answer, lost, to, one } = await runningSource();
    const accepted = (): boolean => instances.accepted(one, to);
    void instances.startIn(one, to);
    expect(accepted()).toBe(false);
    await answer(1);
    expect(accepted()).toBe(true);
    lost(to);
    to.ready = true;
    expect(accepted()).toBe(false);
    void instances.startIn(one, to);
    await answer(2);
    expect(accepted()).toBe(true);
    void instances.stop(one);
    expect(accepted()).toBe(false);
  });

  it('is started in a second process as well', async () => {
    const { instances, commands, answer, from, to } = await runningSource();
    const { one, heard } = instance(functionControl('f'));
    instances.add(one);
    const refused = expect(instances.startIn(one, to)).rejects.toBe(refusal);
    await answer(2, refusal);
    await refused;
    expect(commands).toEqual(['old start f', 'new start f']);
    expect(instances.in(from)).toContain(one);
    expect(heard).toEqual([]);
  });
});

describe('a process that serves', () => {
  it('gets what is added, and nothing that was there before', async () => {
    const { instances, commands, to } = await runningSource();
    instances.serve(to);
    instances.add(instance(sink('2')).one);
    expect(commands).toEqual(['new start k2']);
    instances.serve(undefined);
    instances.add(instance(sink('3')).one);
    expect(commands).toEqual(['new start k2']);
  });

  it('is sent no START of what its version lacks', async () => {
    const { instances, commands, runner } = plugin();
    const [waiting, late] = [instance(source('1')), instance(source('2'))];
    instances.add(waiting.one);
    instances.replay(runner('', versionOf('v2', ['s'])));
    instances.add(late.one);
    instances.add(instance(sink('3')).one);
    await turn();
    expect(commands).toEqual(['start k3']);
    expect([waiting.heard, late.heard]).toEqual([['ERR_SYMBOL_REMOVED'], ['ERR_SYMBOL_REMOVED']]);
    expect(instances.list()).toHaveLength(1);
  });

  it('is replayed only what runs nowhere', async () => {
    const { instances, commands, to } = await runningSource();
    instances.serve(undefined);
    instances.add(instance(sink('2')).one);
    instances.replay(to);
    expect(commands).toEqual(['new start k2']);
  });
});

describe('the START of an instance', () => {
  const configured = (config: object) => ({ ...source('1'), config: { ...config } });

  it('says what the version of the process is to be told', async () => {
    const { instances, runner } = plugin();
    const told: unknown[] = [];
    const listening = (version: string): Runner => ({
      ...runner('', versionOf(version)),
      command: async (verb, { config }) => void told.push([verb, config]),
    });
    const [from, to] = [listening('v1'), listening('v2')];
    const { one } = instance(source('1'), { controlFor: ({ manifest: { version } }) => configured({ version }) });
    instances.replay(from);
    instances.add(one);
    await instances.move(one, () => Promise.resolve(to));
    expect(told).toEqual([
      ['start', { version: 'v1' }],
      ['stop', {}],
      ['start', { version: 'v2' }],
    ]);
  });

  it('is refused when that can not be read', async () => {
    const { instances, commands, runner } = plugin();
    const unreadable = configInvalid('s.yaml', ['is no YAML']);
    const { one, heard } = instance(source('1'), {
      controlFor: () => {
        throw unreadable;
      },
    });
    instances.replay(runner());
    instances.add(one);
    await turn();
    expect([heard, commands]).toEqual([['ERR_CONFIG_INVALID'], []]);
  });
});
