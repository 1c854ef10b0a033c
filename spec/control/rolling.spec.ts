import { describe, expect, it } from '@jest/globals';
import { crew } from '../helpers/crew.js';
import { turn } from '../helpers/fake-runner.js';
import { until } from '../helpers/until.js';

describe('the replicas of the version before', () => {
  const closing = new AbortController();
  const { signal } = new AbortController();
  const commit = (): Promise<void> => Promise.resolve();
  const options = { strategy: 'overlap', signal, closing: closing.signal, commit } as const;
  const handOver = {
    hold: () => undefined,
    arrived: () => Promise.resolve(),
    cutOver: () => Promise.resolve(0),
    cutBack: () => Promise.resolve(),
    settle: () => undefined,
  };

  /** A new version has come, and runs the function; its old first process is gone. */
  async function rolling(count: number) {
    const all = await crew(count);
    const { one } = await all.started({ handOver });
    await until(() => all.link.others.answer(one), 'the replicas run it');
    const update = all.link.update(all.version('v2'), options);
    const first = await all.shakes(count + 1);
    await first.heard(1);
    first.says('ok');
    await until(() => all.link.plugin.manifest.version === 'v2', 'the new version serves');
    await turn();
    all.exits(0);
    return { ...all, one, update };
  }

  it('stay until a new one has started the functions, and make room for the next one when they are gone', async () => {
    const { lives, shakes, exits, phases, update } = await rolling(3);
    const second = await shakes(5);
    await second.heard(1);
    expect(phases()).toEqual(['ready', 'ready', 'ready', 'ready']);
    second.says('ok');
    await until(() => phases()[1] === 'stopping', 'the first of them ends');
    await turn();
    expect([lives.length, phases()]).toEqual([5, ['ready', 'stopping', 'ready', 'ready']]);
    exits(1);
    const third = await shakes(6);
    await third.heard(1);
    expect(phases()).toEqual(['ready', 'ready', 'ready', 'ready']);
    third.says('ok');
    await until(() => phases()[2] === 'stopping', 'the other one ends');
    exits(2);
    await expect(update).resolves.toMatchObject({ strategy: 'overlap' });
    expect([lives.length, phases()]).toEqual([6, ['ready', 'ready', 'ready']]);
  });

  it('stay while a new one refuses what they run, and go in the end, each after its time', async () => {
    const { clock, shakes, exits, phases, warnings, update } = await rolling(3);
    const second = await shakes(5);
    await second.heard(1);
    second.says('not here');
    await until(() => warnings.length === 1, 'it is told');
    clock.advance(89_000);
    await turn();
    expect(phases()).toEqual(['ready', 'ready', 'ready', 'ready']);
    clock.advance(1_000);
    await until(() => phases().join() === 'ready,stopping,stopping,ready', 'both end');
    exits(1);
    exits(2);
    await update;
    await shakes(6);
    await until(() => phases().join() === 'ready,ready,ready', 'the next one');
  });

  it('are not started again when they die, and one that has died is replaced before one that lives', async () => {
    const { clock, lives, shakes, exits, phases, update } = await rolling(3);
    exits(1);
    await turn();
    clock.advance(500);
    const second = await shakes(5);
    await second.heard(1);
    second.says('ok');
    const third = await shakes(6);
    await third.heard(1);
    expect(phases()).toEqual(['ready', 'ready', 'ready', 'ready']);
    third.says('ok');
    await until(() => phases()[2] === 'stopping', 'the one that lives ends');
    exits(2);
    await update;
    expect([lives.length, phases()]).toEqual([6, ['ready', 'ready', 'ready']]);
  });

  it('go at once when nothing is to go on', async () => {
    const { lives, exits, phases, update } = await rolling(3);
    await until(() => lives.length === 5, 'a new one comes');
    closing.abort();
    await until(() => phases().join() === 'ready,stopping,stopping,starting', 'both end');
    exits(1);
    exits(2);
    await update;
  });

  it('are not touched when only the first process is a new one', async () => {
    const { link, lives, version, shakes, exits, phases, started } = await crew(2);
    await started({ handOver });
    const update = link.update({ ...version('v1'), plugin: link.plugin }, { ...options, closing: signal });
    const first = await shakes(3);
    await first.heard(1);
    first.says('ok');
    await until(() => phases().join() === 'ready,ready', 'it serves');
    await turn();
    exits(0);
    await update;
    expect(lives).toHaveLength(3);
  });
});
