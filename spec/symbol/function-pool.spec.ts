import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of, take, toArray } from 'rxjs';
import { FunctionPool } from '../../lib/symbol/function-pool.js';
import type { Instance } from '../../lib/control/instance.js';
import type { PluginLink } from '../../lib/control/plugin-link.js';
import { systemClock } from '../../lib/clock.js';
import { symbolRefused, symbolRemoved } from '../../lib/errors.js';
import { badPlugin } from '../helpers/bad-plugin.js';
import { partsOf, statusOf } from '../helpers/parts.js';
import { commandsTo } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { tempFolder } from '../helpers/unique.js';

const shared = sharedHost();
const { counted, echo } = partsOf(shared);
const starts = (): number =>
  commandsTo(shared.plugin.dir).filter(({ symbolName }) => symbolName === shared.symbol('echo')).length;

describe('a function', () => {
  it('is started on its first use, and once for all rules', async () => {
    expect(starts()).toBe(0);
    const rules = [1, 2].map(() => shared.rule((context) => counted(context, 20).pipe(echo(context), echo(context))));
    for (const rule of rules) expect((await rule.done).phase).toBe('completed');
    expect(await shared.host.function(shared.symbol('echo')).exec('a')).toBe('a');
    expect(starts()).toBe(1);
  });

  it('is used by the rules that call it, while they do', async () => {
    const rule = shared.rule((context) => counted(context).pipe(echo(context)));
    await statusOf(rule, 'running');
    expect(shared.plugin.usedBy).toEqual([rule.id]);
    await rule.stop();
    expect(shared.plugin.usedBy).toEqual([]);
  });

  it('is back with the next process', async () => {
    const { state } = shared.plugin;
    if (state.phase === 'ready') process.kill(state.pid, 'SIGKILL');
    expect(await shared.host.function(shared.symbol('echo')).exec({ b: 1 })).toEqual({ b: 1 });
    expect(starts()).toBe(2);
  });

  it.each([
    ['has been refused', symbolRefused('p', 'start', 'f', 'no'), ['attach', 'revive', 'revive']],
    ['was put out by an update', symbolRemoved('p', 'f', 'v2'), ['attach', 'attach', 'attach']],
  ])('is tried again for each new use after it %s', async (_, refusal, tried) => {
    const asked: string[] = [];
    const start = (what: string) => (instance: Instance) => {
      asked.push(what);
      instance.refused(refusal);
    };
    const link = {
      ipcDir: tempFolder(),
      name: 'p',
      attach: start('attach'),
      revive: async (instance: Instance) => start('revive')(instance),
      detach: () => Promise.resolve(),
    } as unknown as PluginLink;
    const pool = new FunctionPool(systemClock);
    const use = (): Promise<unknown> =>
      new Promise((refused) =>
        pool.get('f', link).use({ ruleId: 'r', started: () => undefined, lost: () => undefined, refused }),
      );
    for (let uses = 0; uses < 3; uses += 1) expect(await use()).toBe(refusal);
    expect(asked).toEqual(tried);
    await pool.close();
  });
});

describe('a call outside a rule', () => {
  const call = (...args: readonly unknown[]): Promise<unknown> =>
    shared.host.function(shared.symbol('add')).exec(...args);

  it('resolves with the result', async () => {
    expect(await Promise.all([call(1, 2), call(3, 4), call('a', 'b')])).toEqual([3, 7, 'ab']);
  });

  it.each([
    ['fail' as const, ['no'], 'ERR_CALL_FAILED'],
    ['empty' as const, [1], 'ERR_MESSAGE_INVALID'],
    ['exit' as const, [4], 'ERR_CALL_LOST'],
    ['echo' as const, [1n], 'ERR_USER_FUNCTION'],
  ])('rejects: %s', async (symbol, args, code) => {
    await expect(shared.host.function(shared.symbol(symbol)).exec(...args)).rejects.toMatchObject({ code });
  });

  it('rejects when the plugin goes while it waits, and is not made later', async () => {
    const plugin = badPlugin('mute-function');
    const { host } = shared;
    await host.plugins.install(plugin.dir);
    const calls = [host.function(plugin.symbol).exec(1), host.function(plugin.symbol).exec(2)];
    const settled = Promise.allSettled(calls);
    await host.plugins.remove(plugin.name, { force: true });
    expect(await settled).toMatchObject([
      { status: 'rejected', reason: { code: 'ERR_PLUGIN_STOPPED' } },
      { status: 'rejected', reason: { code: 'ERR_PLUGIN_STOPPED' } },
    ]);
  });

  it('is no part of a stream, but can be', async () => {
    const values = of(1, 2).pipe(take(2), toArray());
    expect(await call(...(await lastValueFrom(values)))).toBe(3);
  });
});
