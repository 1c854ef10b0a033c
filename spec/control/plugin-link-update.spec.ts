import { describe, expect, it } from '@jest/globals';
import type { Runner } from '../../lib/control/instance.js';
import { callStuck, hostStopped } from '../../lib/errors.js';
import { instance, source, turn } from '../helpers/fake-runner.js';
import { handLink } from '../helpers/hand-link.js';
import { until } from '../helpers/until.js';

/** A plugin whose process has died while the one of another version comes. */
async function died() {
  const all = await handLink();
  const { link, lives, clock, version, exits, shakes } = all;
  await shakes(1);
  await until(() => link.state.phase === 'ready', 'the old process');
  const closing = new AbortController();
  const { signal } = new AbortController();
  const commit = (): Promise<void> => Promise.resolve();
  const update = link.update(version('v2'), { strategy: 'overlap', signal, closing: closing.signal, commit });
  // Should the spec fail before it is awaited.
  update.catch(() => undefined);
  await until(() => lives.length === 2, 'the new process');
  exits(0);
  await turn();
  // Back-off is over by now.
  clock.advance(30_000);
  return { ...all, update, closing };
}

describe('a process that dies while that of another version comes', () => {
  it('is not started again: who shakes hands is of the new version', async () => {
    const { link, lives, update, shakes } = await died();
    expect(lives).toHaveLength(2);
    const { one, heard } = instance(source('1'));
    link.attach(one);
    const process = await shakes(2);
    expect(await update).toMatchObject({ strategy: 'overlap', costs: [] });
    await process.heard(1);
    process.says('ok');
    await until(() => heard.length === 1, 'what runs there has started');
    expect(link).toMatchObject({ plugin: { manifest: { version: 'v2' } }, state: { phase: 'ready' } });
    expect(lives).toHaveLength(2);
  });

  it('is started again when that has not come, with all that runs in it', async () => {
    const { link, update, exits, shakes } = await died();
    const { one, heard } = instance(source('1'));
    link.attach(one);
    exits(1);
    await expect(update).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXITED' });
    const process = await shakes(3);
    await process.heard(1);
    process.says('ok');
    await until(() => heard.length === 1, 'what runs there has started');
    expect(link).toMatchObject({ plugin: { manifest: { version: 'v1' } }, state: { phase: 'ready' } });
  });

  it('is not started again when its plugin is about to be closed', async () => {
    const { link, lives, update, closing, exits } = await died();
    closing.abort(hostStopped());
    exits(1);
    await expect(update).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXITED' });
    expect(lives).toHaveLength(2);
    expect(link.state.phase).toBe('stopped');
  });
});

describe('a plugin that was stopped by hand before an update that fails', () => {
  const { signal } = new AbortController();
  const commit = (): Promise<void> => Promise.resolve();

  it.each(['overlap', 'replace'] as const)('stays so, with %s, until it is started', async (strategy) => {
    const { link, lives, clock, version, exits, shakes } = await handLink();
    await shakes(1);
    await until(() => link.state.phase === 'ready', 'the old process');
    const stopped = link.stop();
    await until(() => link.state.phase === 'stopping', 'it is told to stop');
    exits(0);
    await stopped;
    const update = link.update(version('v2'), { strategy, signal, closing: signal, commit });
    update.catch(() => undefined);
    await until(() => lives.length === 2, 'the new process');
    exits(1);
    await until(() => link.state.phase !== 'starting', 'the update is over');
    await expect(update).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXITED' });
    clock.advance(30_000);
    expect([lives.length, link.state.phase, link.plugin.manifest.version]).toEqual([2, 'stopped', 'v1']);
    const { one, heard } = instance(source('1'));
    link.attach(one);
    expect(heard).toEqual([]);
    link.start();
    const process = await shakes(3);
    await process.heard(1);
    process.says('ok');
    await until(() => heard.length === 1, 'what waited has started');
  });
});

describe('a call that hangs in a process whose plugin was updated meanwhile', () => {
  it('costs the one that serves nothing: its own is ending already', async () => {
    const { link, lives, errors, version, exits, shakes } = await handLink();
    const old = await shakes(1);
    await until(() => link.state.phase === 'ready', 'the old process');
    const runners: Runner[] = [];
    const { one, heard } = instance(source('1'));
    link.attach({ ...one, starting: (runner) => runners.push(runner) });
    await old.heard(1);
    old.says('ok');
    const { signal } = new AbortController();
    const commit = (): Promise<void> => Promise.resolve();
    const update = link.update(version('v2'), { strategy: 'overlap', signal, closing: signal, commit });
    const next = await shakes(2);
    await old.heard(2);
    old.says('ok');
    await next.heard(1);
    next.says('ok');
    await until(() => link.plugin.manifest.version === 'v2', 'the new version serves');
    const [ending, serving] = runners;
    const error = callStuck('f', 30_000);
    link.restart(error, ending);
    link.silent('hung', 90_000, ending);
    expect(errors).toEqual([]);
    exits(0);
    await update;
    link.restart(error, ending);
    expect(errors).toEqual([]);
    link.restart(error, serving);
    expect(errors).toEqual(['ERR_CALL_TIMEOUT']);
    expect([heard, lives.length]).toEqual([['started', 'started'], 2]);
  });
});
