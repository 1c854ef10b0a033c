import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { functionControl } from '../../lib/wire/control.js';
import { crew } from '../helpers/crew.js';
import { instance, turn } from '../helpers/fake-runner.js';
import { until } from '../helpers/until.js';

const LINGER = 10_000;

describe('an update of a plugin with replicas', () => {
  const closing = new AbortController().signal;
  const { signal } = new AbortController();
  const commit = (): Promise<void> => Promise.resolve();

  it('ends one that is coming before the new version comes, and brings others when that serves', async () => {
    const { clock, link, lives, version, exits, shakes, phases } = await crew(3);
    exits(1);
    clock.advance(300);
    expect(phases()).toEqual(['ready', 'starting', 'ready']);
    const update = link.update(version('v2'), { strategy: 'overlap', signal, closing, commit });
    await turn();
    expect([lives.length, phases()[1]]).toEqual([4, 'stopping']);
    exits(3);
    await shakes(5);
    await until(() => lives[2] !== undefined && phases()[0] === 'ready' && link.plugin.manifest.version === 'v2');
    exits(0);
    await turn();
    exits(2);
    expect(await update).toMatchObject({ strategy: 'overlap' });
    for (const count of [6, 7]) {
      expect(lives).toHaveLength(count);
      await shakes(count);
      await until(() => !phases().includes('starting') || lives.length > count, 'the next one');
    }
    await until(() => phases().every((phase) => phase === 'ready'), 'all are there');
  });

  it('ends them all before a version that has to come alone, and starts them again when that does not', async () => {
    const { link, lives, version, exits, shakes, phases } = await crew(3);
    const update = link.update(version('v2'), { strategy: 'replace', signal, closing, commit });
    update.catch(() => undefined);
    await until(() => phases().every((phase) => phase === 'stopping'), 'all are to end');
    for (const index of [0, 1]) exits(index);
    await turn();
    expect(lives).toHaveLength(3);
    exits(2);
    await until(() => lives.length === 4, 'the new version');
    exits(3);
    await shakes(5);
    await expect(update).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXITED' });
    for (const count of [6, 7]) await shakes(count);
    await until(() => phases().every((phase) => phase === 'ready'), 'all are back');
  });

  it('does not start one again that dies meanwhile, and does when it was taken back', async () => {
    const { clock, link, lives, version, exits, shakes, phases } = await crew(2);
    const update = link.update(version('v2'), { strategy: 'overlap', signal, closing, commit });
    update.catch(() => undefined);
    await until(() => lives.length === 3, 'the new version');
    exits(1);
    await turn();
    clock.advance(30_000);
    expect([lives.length, phases()]).toEqual([3, ['ready', 'stopped']]);
    exits(2);
    await expect(update).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXITED' });
    await shakes(4);
    await until(() => phases().every((phase) => phase === 'ready'), 'it is back');
    expect(link.plugin.manifest.version).toBe('v1');
  });
});

describe('an update that is given up', () => {
  const closing = new AbortController().signal;
  const commit = (): Promise<void> => Promise.resolve();
  const { reason } = AbortSignal.abort();
  /** How many processes were told to end. */
  let ends = 0;
  beforeEach(() => {
    ends = 0;
    jest.spyOn(process, 'kill').mockImplementation((_, signal) => {
      if (signal === 'SIGTERM') ends += 1;
      return true;
    });
  });
  afterEach(() => void jest.restoreAllMocks());

  it('while a replica is to answer START: it does not wait for that, and that goes on', async () => {
    const { link, lives, version, processes } = await crew(2);
    const [first, second] = processes;
    const { one } = instance(functionControl('f'));
    link.attach(one);
    await first?.heard(1);
    first?.says('ok');
    await second?.heard(1);
    const controller = new AbortController();
    const { signal } = controller;
    const update = link.update(version('v2'), { strategy: 'overlap', signal, closing, commit });
    await turn();
    controller.abort(reason);
    await expect(update).rejects.toBe(reason);
    expect([lives.length, link.plugin.manifest.version]).toEqual([2, 'v1']);
    second?.says('ok');
    await until(() => link.others.answer(one), 'it runs in the replica');
  });

  it('while the new version is to answer START: that is ended, and everything stays', async () => {
    const { link, lives, version, shakes, exits, started } = await crew(1);
    const handed: string[] = [];
    const handOver = {
      hold: () => void handed.push('hold'),
      arrived: () => Promise.resolve(),
      cutOver: () => Promise.resolve(0),
      cutBack: async () => void handed.push('cutBack'),
      settle: () => undefined,
    };
    const { heard } = await started({ handOver });
    const controller = new AbortController();
    const { signal } = controller;
    const update = link.update(version('v2'), { strategy: 'overlap', signal, closing, commit });
    const settled = update.catch((error: unknown) => error);
    const next = await shakes(2);
    await next.heard(1);
    controller.abort(reason);
    await turn();
    expect(ends).toBe(1);
    exits(1);
    expect(await settled).toBe(reason);
    expect([handed, heard]).toEqual([['hold', 'cutBack'], ['started']]);
    expect(link).toMatchObject({ plugin: { manifest: { version: 'v1' } }, state: { phase: 'ready' } });
    expect(lives).toHaveLength(2);
  });

  it('is not taken back any more once everything moves', async () => {
    const { link, lives, version, shakes, exits, started } = await crew(1);
    const controller = new AbortController();
    const handOver = {
      hold: () => undefined,
      arrived: () => Promise.resolve(),
      cutOver: async () => {
        controller.abort(reason);
        return 0;
      },
      cutBack: () => Promise.resolve(),
      settle: () => undefined,
    };
    await started({ handOver });
    const { signal } = controller;
    const update = link.update(version('v2'), { strategy: 'overlap', signal, closing, commit });
    const next = await shakes(2);
    await next.heard(1);
    next.says('ok');
    await until(() => link.plugin.manifest.version === 'v2', 'the new version');
    expect([ends, link.state.phase]).toEqual([1, 'ready']);
    exits(0);
    expect(await update).toMatchObject({ strategy: 'overlap' });
    expect(lives).toHaveLength(2);
  });
});

describe('a wish for more processes', () => {
  it('is for the most that anybody wants, and lasts a while longer than it', async () => {
    const { clock, link, lives, shakes, exits, phases } = await crew(1);
    const first = link.others.wish(2);
    const second = link.others.wish(3);
    for (const count of [2, 3]) await shakes(count);
    await until(() => phases().join() === 'ready,ready,ready', 'three');
    second();
    clock.advance(LINGER - 1);
    expect(phases()).toHaveLength(3);
    clock.advance(1);
    expect(phases()).toHaveLength(2);
    first();
    clock.advance(LINGER);
    expect(phases()).toEqual(['ready']);
    expect(lives).toHaveLength(3);
    await turn();
    exits(2);
    exits(1);
  });

  it('never makes fewer than the plugin has', async () => {
    const { clock, link, phases } = await crew(2);
    link.others.wish(1)();
    clock.advance(LINGER);
    expect(phases()).toEqual(['ready', 'ready']);
  });
});
