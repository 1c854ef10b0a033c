import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, Observable, of, retry, take, takeUntil, timer, toArray } from 'rxjs';
import { FunctionPool, type SharedFunction } from '../../lib/symbol/function-pool.js';
import type { Instance } from '../../lib/control/instance.js';
import type { PluginLink } from '../../lib/control/plugin-link.js';
import { systemClock } from '../../lib/clock.js';
import { type RxportError, symbolRefused, symbolRemoved } from '../../lib/errors.js';
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

  const refusals = [
    ['has been refused', symbolRefused('p', 'start', 'f', 'no'), ['attach', 'revive', 'revive']],
    ['was put out by an update', symbolRemoved('p', 'f', 'v2'), ['attach', 'attach', 'attach']],
  ] as const;

  it.each(refusals)('is tried again for each new use after it %s', async (_, refusal, tried) => {
    const { use, asked, close } = refusing(refusal);
    for (let uses = 0; uses < 3; uses += 1) await expect(lastValueFrom(use)).rejects.toBe(refusal);
    expect(asked).toEqual(tried);
    await close();
  });

  it.each(refusals)('is tried again for who comes back at once when it %s', async (_, refusal, tried) => {
    const { use, asked, close } = refusing(refusal);
    await expect(lastValueFrom(use.pipe(retry(2)))).rejects.toBe(refusal);
    expect(asked).toEqual(tried);
    const endless = use.pipe(retry(100_000), takeUntil(timer(50)));
    expect(await lastValueFrom(endless, { defaultValue: 'the host has its turns' })).toBe('the host has its turns');
    await close();
  });

  it('that starts tells who comes meanwhile once', async () => {
    const { shared: one, started } = await waiting();
    const told: string[] = [];
    const watch = (name: string, then = (): void => undefined): void => {
      one.use({
        ruleId: 'r',
        lost: () => undefined,
        refused: () => undefined,
        started: () => (told.push(name), then()),
      });
    };
    watch('first', () => watch('second'));
    started();
    expect(told).toEqual(['first', 'second']);
  });

  it('that goes tells nobody who has left meanwhile', async () => {
    const { shared: one } = await waiting();
    const told: string[] = [];
    const leaves: (() => void)[] = [];
    const lost = (): void => {
      told.push('lost');
      for (const leave of leaves) leave();
    };
    for (let i = 0; i < 2; i += 1)
      leaves.push(one.use({ ruleId: 'r', started: () => undefined, refused: () => undefined, lost }));
    one.lost();
    expect(told).toEqual(['lost']);
  });
});

/** A function that its plugin refuses: each use errors with that, and what the plugin was asked. */
function refusing(refusal: RxportError) {
  const asked: string[] = [];
  const start = (what: string) => (instance: Instance) => {
    asked.push(what);
    instance.refused(refusal);
  };
  const pool = new FunctionPool(systemClock);
  const link = linkOf({ attach: start('attach'), revive: async (instance) => start('revive')(instance) });
  const use = new Observable<never>((subscriber) =>
    pool.get('f', link).use({
      ruleId: 'r',
      started: () => undefined,
      lost: () => undefined,
      refused: (error) => subscriber.error(error),
    }),
  );
  return { use, asked, close: () => pool.close() };
}

/** A function that its plugin has not answered. */
async function waiting() {
  let attached: ((instance: Instance) => void) | undefined;
  const instance = new Promise<Instance>((resolve) => (attached = resolve));
  const shared = new FunctionPool(systemClock).get('f', linkOf({ attach: (one) => attached?.(one) }));
  shared.use({ ruleId: 'r', started: () => undefined, lost: () => undefined, refused: () => undefined });
  await instance;
  open.push(shared);
  return { shared, started: () => shared.started() };
}

const linkOf = (parts: Partial<PluginLink>): PluginLink =>
  ({
    ipcDir: tempFolder(),
    name: 'p',
    others: { answer: () => false },
    detach: () => Promise.resolve(),
    ...parts,
  }) as unknown as PluginLink;

const open: SharedFunction[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
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
