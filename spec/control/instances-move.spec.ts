import { describe, expect, it } from '@jest/globals';
import { commandLost, configInvalid, pluginStopped, symbolRefused } from '../../lib/errors.js';
import { instance, movingSource, runningSource, sink, source, toCome, turn } from '../helpers/fake-runner.js';

const refusal = symbolRefused('p', 'start', 's', 'no such file');

describe('an instance that changes processes', () => {
  it('is stopped in the old one and then started in the new one, and hears once that it has started', async () => {
    const { instances, commands, answer, from, to, one, heard, outcome } = await movingSource();
    expect(commands).toEqual(['old stop s1']);
    await answer(1);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect([heard, outcome]).toEqual([[], []]);
    await answer(2);
    expect([heard, outcome]).toEqual([['started'], [{ gap: 0, queued: 0 }]]);
    expect([instances.in(from), instances.in(to)]).toEqual([[], [one]]);
  });

  it('moves in its own way, and tells what that has cost', async () => {
    const { commands, answer, heard, outcome } = await movingSource({
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

  it.each([
    ['answers', undefined, true],
    ['does not answer', commandLost('p'), false],
  ])('moves when the old process %s its STOP, and knows that', async (_, error, answered) => {
    const known: boolean[] = [];
    const { answer, heard, outcome } = await movingSource({
      move: async ({ stop, start }) => {
        known.push(await stop());
        await start();
        return { gap: 0, queued: 0 };
      },
    });
    await answer(1, error);
    await answer(2);
    expect([heard, outcome, known]).toEqual([['started'], [{ gap: 0, queued: 0 }], [answered]]);
  });

  it('is started in the old one again when the new one refuses it', async () => {
    const { instances, commands, answer, from, one, heard, outcome } = await movingSource();
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
    const { instances, commands, answer, lost, from, heard, outcome } = await movingSource();
    await answer(1);
    lost(from);
    await answer(2, refusal);
    expect([heard, outcome]).toEqual([['lost'], ['ERR_SYMBOL_REFUSED']]);
    from.ready = true;
    instances.replay(from);
    expect(commands.slice(2)).toEqual(['old start s1']);
  });

  it('does not hear that the old process has gone meanwhile', async () => {
    const { commands, answer, lost, from, heard, outcome } = await movingSource();
    lost(from);
    await answer(1, commandLost('p'));
    await answer(2);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect([heard, outcome]).toEqual([['started'], [{ gap: 0, queued: 0 }]]);
  });

  it('is started in the old one again when the new one is gone after its ok', async () => {
    let moved: () => void = () => undefined;
    const { commands, answer, lost, to, heard, outcome } = await movingSource({
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
    const { awaited, come } = toCome();
    const { commands, answer, to, heard } = await movingSource({}, () => awaited);
    await answer(1);
    expect(commands).toEqual(['old stop s1']);
    come(to);
    await turn();
    await answer(2);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
    expect(heard).toEqual(['started']);
  });

  it('is started in the old one again when that does not come', async () => {
    const { commands, answer, outcome } = await movingSource({}, () => Promise.reject(pluginStopped('p')));
    await answer(1);
    expect(outcome).toEqual(['ERR_PLUGIN_STOPPED']);
    expect(commands).toEqual(['old stop s1', 'old start s1']);
  });

  it('is started by nobody else: neither a replay nor a revival does anything', async () => {
    const { instances, commands, answer, lost, from, to, one } = await movingSource();
    await instances.revive(one);
    lost(from);
    instances.replay(to);
    expect(commands).toEqual(['old stop s1']);
    await answer(1, commandLost('p'));
    await instances.revive(one);
    expect(commands).toEqual(['old stop s1', 'new start s1']);
  });

  it('is not revived where it was', async () => {
    const { instances, commands, answer, to, one } = await runningSource();
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
    const { commands, instances, answer, runner, from, heard } = await runningSource();
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

  it('is started in the old one again when its configuration for the new one can not be read', async () => {
    const { commands, answer, outcome } = await movingSource({
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
