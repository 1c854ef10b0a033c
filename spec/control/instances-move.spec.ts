import { describe, expect, it } from '@jest/globals';
import type { Runner } from '../../lib/control/instance.js';
import { commandLost, configInvalid, pluginStopped, symbolRefused, symbolRemoved } from '../../lib/errors.js';
import { functionControl } from '../../lib/wire/control.js';
import { instance, type InstanceParts, plugin, sink, source, turn, versionOf } from '../helpers/fake-runner.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');

/** A source that runs in the old process, and a new process beside that one. */
async function running(parts?: InstanceParts) {
  const all = plugin();
  const [from, to] = [all.runner('old '), all.runner('new ', versionOf('v2'))];
  const { one, heard } = instance(source('1'), parts);
  all.instances.replay(from);
  all.instances.add(one);
  await all.answer(0);
  all.commands.splice(0);
  heard.splice(0);
  return { ...all, from, to, one, heard };
}

/** The same, on its way. `outcome` has one entry once it has moved: what that has cost, or the code of its refusal. */
async function moving(parts?: InstanceParts, target?: (to: Runner) => Promise<Runner>) {
  const all = await running(parts);
  const outcome: unknown[] = [];
  void all.instances
    .move(all.one, () => (target ?? ((to: Runner) => Promise.resolve(to)))(all.to))
    .then(
      (moved) => outcome.push(moved),
      (error: { readonly code?: unknown }) => outcome.push(error.code ?? error),
    );
  await turn();
  return { ...all, outcome };
}

describe('an instance that changes processes', () => {
  it('is stopped in the old one and then started in the new one, and hears once that it has started', async () => {
    const { instances, commands, answer, from, to, one, heard, outcome } = await moving();
    expect(commands).toEqual(['old stop s1']);
    await answer(1);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect([heard, outcome]).toEqual([[], []]);
    await answer(2);
    expect([heard, outcome]).toEqual([['started'], [{ gap: 0, queued: 0 }]]);
    expect([instances.in(from), instances.in(to)]).toEqual([[], [one]]);
  });

  it('moves in its own way, and tells what that has cost', async () => {
    const { commands, answer, heard, outcome } = await moving({
      move: async ({ stop, start }) => {
        await start();
        await stop();
        return { gap: 7, queued: 3 };
      },
    });
    await answer(1);
    await answer(2);
    expect(commands).toEqual(['new start s1', 'old stop s1']);
    expect([heard, outcome]).toEqual([['started'], [{ gap: 7, queued: 3 }]]);
  });

  it('moves although the old process does not answer its STOP', async () => {
    const { answer, heard, outcome } = await moving();
    await answer(1, commandLost('p'));
    await answer(2);
    expect([heard, outcome]).toEqual([['started'], [{ gap: 0, queued: 0 }]]);
  });

  it('is started in the old one again when the new one refuses it', async () => {
    const { instances, commands, answer, from, one, heard, outcome } = await moving();
    await answer(1);
    await answer(2, refusal);
    expect(outcome).toEqual(['ERR_SYMBOL_REFUSED']);
    expect(commands.slice(2)).toEqual(['old start s1']);
    expect(heard).toEqual([]);
    await answer(3);
    expect(heard).toEqual(['started']);
    expect(instances.in(from)).toEqual([one]);
  });

  it('hears that it is lost when it is refused and the old one is gone, whose next process gets it', async () => {
    const { instances, commands, answer, lost, from, heard, outcome } = await moving();
    await answer(1);
    lost(from);
    await answer(2, refusal);
    expect([heard, outcome]).toEqual([['lost'], ['ERR_SYMBOL_REFUSED']]);
    from.ready = true;
    instances.replay(from);
    expect(commands.slice(2)).toEqual(['old start s1']);
  });

  it('does not hear that the old process has gone meanwhile', async () => {
    const { commands, answer, lost, from, heard, outcome } = await moving();
    lost(from);
    await answer(1, commandLost('p'));
    await answer(2);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect([heard, outcome]).toEqual([['started'], [{ gap: 0, queued: 0 }]]);
  });

  it('is started in the old one again when the new one is gone after its ok', async () => {
    let moved: () => void = () => undefined;
    const { commands, answer, lost, to, heard, outcome } = await moving({
      move: async ({ stop, start }) => {
        await stop();
        await start();
        await new Promise<void>((resolve) => (moved = resolve));
        return { gap: 0, queued: 0 };
      },
    });
    await answer(1);
    await answer(2);
    lost(to);
    moved();
    await turn();
    expect([heard, outcome]).toEqual([[], ['ERR_COMMAND_LOST']]);
    expect(commands.slice(2)).toEqual(['old start s1']);
  });

  it('waits, stopped, for a process that is still to come', async () => {
    let come: (runner: Runner) => void = () => undefined;
    const awaited = new Promise<Runner>((resolve) => (come = resolve));
    const { commands, answer, to, heard } = await moving({}, () => awaited);
    await answer(1);
    expect(commands).toEqual(['old stop s1']);
    come(to);
    await turn();
    await answer(2);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect(heard).toEqual(['started']);
  });

  it('is started in the old one again when that does not come', async () => {
    const { commands, answer, outcome } = await moving({}, () => Promise.reject(pluginStopped('p')));
    await answer(1);
    expect(outcome).toEqual(['ERR_PLUGIN_STOPPED']);
    expect(commands).toEqual(['old stop s1', 'old start s1']);
  });

  it('is started by nobody else: neither a replay nor a revival does anything', async () => {
    const { instances, commands, answer, lost, from, to, one } = await moving();
    await instances.revive(one);
    lost(from);
    instances.replay(to);
    expect(commands).toEqual(['old stop s1']);
    await answer(1, commandLost('p'));
    await instances.revive(one);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
  });

  it('is not revived where it was', async () => {
    const { instances, commands, answer, to, one } = await running();
    const revived = instances.revive(one);
    const moved = instances.move(one, () => Promise.resolve(to));
    await answer(1);
    await answer(2);
    await revived;
    await answer(3);
    await moved;
    expect(commands).toEqual(['old stop s1', 'old stop s1', 'new start s1']);
  });

  it('does not hear of a START in the old process that is answered late', async () => {
    const { commands, instances, answer, runner, from, heard } = await running();
    const late = instance(sink('2'));
    instances.add(late.one);
    const moved = instances.move(late.one, () => Promise.resolve(runner('new ')));
    await answer(1, refusal);
    await answer(2);
    expect(late.heard).toEqual([]);
    await answer(3);
    await moved;
    expect([late.heard, heard]).toEqual([['started'], []]);
    expect(commands).toEqual(['old start k2', 'old stop k2', 'new start k2']);
    expect(instances.in(from)).toHaveLength(1);
  });
});

describe('an instance that is removed while it changes processes', () => {
  it('is not started in the new one when that has not been asked yet', async () => {
    const { instances, commands, answer, one, heard, outcome } = await moving();
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
    const { instances, commands, answer, one, heard } = await moving();
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

  it('is started nowhere when the new one refuses it', async () => {
    const { instances, commands, answer, one, heard, outcome } = await moving();
    await answer(1);
    const removed = instances.remove(one);
    await answer(2, refusal);
    await removed;
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect([heard, outcome]).toEqual([[], ['ERR_SYMBOL_REFUSED']]);
  });

  it('costs nothing when it was removed before', async () => {
    const { instances, commands, answer, to, one } = await running();
    const removed = instances.remove(one);
    expect(await instances.move(one, () => Promise.resolve(to))).toEqual({ gap: 0, queued: 0 });
    await answer(1);
    await removed;
    expect(commands).toEqual(['old stop s1']);
  });
});

describe('an instance without a move', () => {
  it('is adopted by a process that runs it already', async () => {
    const { instances, commands, lost, from, to, one, heard } = await running();
    instances.adopt(one, to);
    expect([commands, heard]).toEqual([[], ['started']]);
    lost(from);
    expect(heard).toEqual(['started']);
    lost(to);
    expect(heard).toEqual(['started', 'lost']);
  });

  it('is forgotten, and started by the next replay', async () => {
    const { instances, commands, from, to, one, heard } = await running();
    instances.forget(one);
    expect([heard, instances.in(from)]).toEqual([['lost'], []]);
    instances.replay(to);
    expect(commands).toEqual(['new start s1']);
  });

  it('is expelled with the reason, and told and sent nothing more', async () => {
    const { instances, commands, lost, from, to, one, heard } = await running();
    instances.expel(one, symbolRemoved('p', 's', 'v2'));
    expect([heard, commands, instances.list()]).toEqual([['ERR_SYMBOL_REMOVED'], [], []]);
    lost(from);
    instances.replay(to);
    instances.adopt(one, to);
    instances.forget(one);
    instances.expel(one, refusal);
    await instances.remove(one);
    expect([heard, commands]).toEqual([['ERR_SYMBOL_REMOVED'], []]);
  });

  it('is started in a second process as well', async () => {
    const { instances, commands, answer, from, to } = await running();
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
    const { instances, commands, to } = await running();
    instances.serve(to);
    instances.add(instance(sink('2')).one);
    expect(commands).toEqual(['new start k2']);
    instances.serve(undefined);
    instances.add(instance(sink('3')).one);
    expect(commands).toEqual(['new start k2']);
  });

  it('is replayed only what runs nowhere', async () => {
    const { instances, commands, to } = await running();
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

  it('leaves it where it was when that can not be read for the other version', async () => {
    const { commands, answer, outcome } = await moving({
      controlFor: ({ manifest: { version } }) => {
        if (version === 'v2') throw configInvalid('s.yaml', ['is no YAML']);
        return source('1');
      },
    });
    await answer(1);
    expect(outcome).toEqual(['ERR_CONFIG_INVALID']);
    expect(commands).toEqual(['old stop s1', 'old start s1']);
  });
});
