import { describe, expect, it } from '@jest/globals';
import { map, of } from 'rxjs';
import type { RemoteFunctionOptions } from '../../lib/index.js';
import { callsTo } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const slow = (options?: RemoteFunctionOptions) => shared.host.function(shared.symbol('slow'), options);
/** The first argument of each call that the plugin has seen. */
const seen = (): unknown[] =>
  callsTo(shared.plugin.dir, 'slow').flatMap(({ func, arg }) => (func === 'Exec' ? [(arg as unknown[])[0]] : []));

describe('a function outside a rule', () => {
  it('is waited for as long as its timeout says', async () => {
    await expect(slow({ timeout: 20 }).exec(200)).rejects.toMatchObject({
      code: 'ERR_CALL_TIMEOUT',
      details: { timeout: 20 },
    });
  });

  it.each([0, -1, NaN])('refuses a timeout of %s', (timeout) => {
    for (const options of [{ timeout }, { queueTimeout: timeout }])
      expect(() => slow(options)).toThrow(expect.objectContaining({ code: 'ERR_OPERATOR_OPTION' }));
  });

  it('is read by a function of the caller where numbers are too large for one', async () => {
    const parse = (text: string): unknown => JSON.parse(text.replace(/:(\d{16,})/g, ':"$1"')) as unknown;
    const raw = (options?: RemoteFunctionOptions) => shared.host.function(shared.symbol('raw'), options);
    expect(await raw({ parse }).exec('{"id":9007199254740993}')).toEqual({ id: '9007199254740993' });
    expect(await raw().exec('{"id":9007199254740993}')).toEqual({ id: 9007199254740992 });
    const thrown = raw({ parse: () => JSON.parse('{') as unknown }).exec('1');
    await expect(thrown).rejects.toMatchObject({ code: 'ERR_MESSAGE_INVALID' });
    const rule = shared.rule(({ call }) =>
      of('{"id":9007199254740993}').pipe(
        call(shared.symbol('raw'), (json) => [json], { parse }),
        map((result) => expect(result).toEqual({ id: '9007199254740993' })),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(rule.ledger().stages[`call ${shared.symbol('raw')}`]).toMatchObject({ passed: 1 });
  });

  it('waits for a process as long as its queueTimeout says, and is not made later', async () => {
    const { host, plugin } = shared;
    await host.plugins.stop(plugin.name);
    const patient = slow().exec(1);
    await expect(slow({ queueTimeout: 20 }).exec(104)).rejects.toMatchObject({
      code: 'ERR_CALL_TIMEOUT',
      details: { patience: 20 },
    });
    expect(plugin.usedBy).toHaveLength(1);
    await host.plugins.start(plugin.name);
    await patient;
    expect(seen()).not.toContain(104);
  });

  it('is called so many times at once at most', async () => {
    const { host, plugin } = shared;
    await host.plugins.stop(plugin.name);
    const controller = new AbortController();
    const { exec } = slow({ signal: controller.signal });
    const calls = Promise.allSettled(Array.from({ length: 10_000 }, () => exec(0)));
    await expect(slow().exec(0)).rejects.toMatchObject({ code: 'ERR_QUEUE_OVERFLOW' });
    controller.abort(new Error('enough'));
    expect(new Set((await calls).map(({ status }) => status))).toEqual(new Set(['rejected']));
    await host.plugins.start(plugin.name);
    expect(await slow().exec(0)).toBe(0);
  });

  it('rejects with the reason of its signal what is out and what waits, and makes no call that waits', async () => {
    const controller = new AbortController();
    const { exec } = slow({ signal: controller.signal });
    const calls = Promise.allSettled([exec(1_010), exec(1_020)]);
    await until(() => seen().includes(1_010));
    const reason = new Error('no longer');
    controller.abort(reason);
    expect(await calls).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    expect(shared.plugin.usedBy).toEqual([]);
    // Comes when the one that was out has been answered.
    await slow().exec(1);
    expect(seen()).not.toContain(1_020);
  });

  it('makes no call once its signal is aborted', async () => {
    await expect(slow({ signal: AbortSignal.abort(new Error('no')) }).exec(103)).rejects.toThrow('no');
    await slow().exec(1);
    expect(seen()).not.toContain(103);
  });
});
