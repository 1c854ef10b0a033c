/** Rules over a plugin of our SDK, in a process of its own: its source and its function share frames there. */
import { describe, expect, it } from '@jest/globals';
import { tap } from 'rxjs';
import type { Host } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { stopBalanced, watchLedger } from '../helpers/ledger-watch.js';
import { none } from '../helpers/none.js';
import { newFile } from '../helpers/parts.js';
import { root } from '../helpers/toolchains.js';
import { unique } from '../helpers/unique.js';

interface Random {
  readonly i: number;
}

const COUNT = 20_000;

async function hostWithMirror(): Promise<Host> {
  const host = await startHost();
  await host.plugins.install(`${root}dist/plugins/mirror`);
  return host;
}

/** As fast as the rule takes it. */
const config = { interval: 0 };

describe('a rule over a plugin that batches', () => {
  it('has every value once and in order, though it pauses within frames', async () => {
    const host = await hostWithMirror();
    const seen: number[] = [];
    const rule = host.rule(unique('r'), ({ source, call }) =>
      source<Random>('random', { config: { ...config, count: COUNT } }).pipe(
        call(
          'echo',
          ({ i }) => [i],
          (_, i: number) => i,
          { queue: { size: 300, policy: 'error', high: 200, low: 50 } },
        ),
        tap((i) => seen.push(i)),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    const { stages, balanced } = rule.ledger();
    expect(balanced).toBe(true);
    expect(stages['source random']).toMatchObject({ received: COUNT, passed: COUNT, dropped: none, failed: none });
    expect(stages['source random']?.pauses).toBeGreaterThan(0);
    // More wait than a frame of tuples would bring: the gate is asked for each of them.
    expect(stages['call echo']).toMatchObject({ passed: COUNT, dropped: none, failed: none });
    expect(stages['call echo']?.peak).toBeLessThanOrEqual(201);
  });

  it('balances on every turn, while its plugin is killed with batches out', async () => {
    const host = await hostWithMirror();
    const rule = host.rule(unique('r'), ({ source, call, sink }) =>
      source<Random>('random', { config })
        .pipe(
          call(
            'echo',
            ({ i }) => [i],
            (_, i: number) => i,
          ),
        )
        .subscribe(sink('file', { config: { path: newFile() } })),
    );
    const passed = (): number => rule.ledger().stages['call echo']?.passed ?? 0;
    const kill = (): void => {
      const { state } = host.plugins.get('mirror');
      if (state.phase === 'ready') process.kill(state.pid, 'SIGKILL');
    };
    for (let round = 0; round < 3; round += 1) {
      const before = passed();
      expect(await watchLedger(rule, () => passed() > before + 3_000)).toEqual([]);
      kill();
    }
    const before = passed();
    expect(await watchLedger(rule, () => passed() > before + 3_000)).toEqual([]);
    const { stages } = await stopBalanced(rule);
    // What was out goes again, once, and alone: no kill is in two lives of the same call.
    expect(stages['call echo']?.failed).toEqual({});
  });
});
