/** Rules whose sinks are in a process that takes several values in a frame, or in one that does not. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { interval, mergeMap, type Observable, range, take, takeUntil } from 'rxjs';
import type { Rule, SinkOptions } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { stopBalanced, watchLedger } from '../helpers/ledger-watch.js';
import { linesOf } from '../helpers/lines.js';
import { none } from '../helpers/none.js';
import { newFile, statusOf } from '../helpers/parts.js';
import { scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';
import { root } from '../helpers/toolchains.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** Values that come in one tick. */
const BURST = 50;
const zeroTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

/** 0, 1, 2 and so on, for ever. */
const bursts = (): Observable<number> => interval(1).pipe(mergeMap((n) => range(n * BURST, BURST)));

const passed = (rule: Rule, symbol: string): number => rule.ledger().stages[`sink ${symbol}`]?.passed ?? 0;

describe('a sink of our SDK', () => {
  it('has every value once and in order', async () => {
    const host = await startHost();
    await host.plugins.install(`${root}dist/plugins/mirror`);
    const path = newFile();
    const rule = host.rule(unique('r'), ({ sink }) =>
      bursts()
        .pipe(take(10_000))
        .subscribe(sink('file', { config: { path } })),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(rule.ledger().stages['sink file']).toMatchObject({
      received: 10_000,
      passed: 10_000,
      dropped: none,
      failed: none,
    });
    expect(linesOf(path)).toEqual(zeroTo(10_000));
  });

  it('balances on every turn while its plugin is killed, and loses no more than it tells', async () => {
    const host = await startHost();
    await host.plugins.install(`${root}dist/plugins/mirror`);
    const path = newFile();
    let unconfirmed = 0;
    const rule = host.rule(unique('r'), ({ sink, stopping$ }) =>
      bursts()
        .pipe(takeUntil(stopping$))
        .subscribe(sink('file', { config: { path } })),
    );
    rule.events$.subscribe((event) => (unconfirmed += event.type === 'unconfirmed' ? event.count : 0));
    const flows = async (): Promise<void> => {
      const before = passed(rule, 'file');
      expect(await watchLedger(rule, () => passed(rule, 'file') > before + 2_000)).toEqual([]);
    };
    for (let round = 0; round < 3; round += 1) {
      await flows();
      const { state } = host.plugins.get('mirror');
      if (state.phase === 'ready') process.kill(state.pid, 'SIGKILL');
    }
    await flows();
    const { stages } = await stopBalanced(rule);
    expect(stages['sink file']?.failed).toEqual({});
    const lost = (stages['sink file']?.passed ?? 0) - new Set(linesOf(path)).size;
    expect(lost).toBeLessThanOrEqual(unconfirmed);
  });
});

/** A rule over a plugin that names `batch`, and whose sink writes frames as they come. */
async function recorded(options: SinkOptions = {}) {
  const base = scriptedPlugin();
  const first = versionNaming(base, 'v1', 'batch');
  const host = await startHost();
  await host.plugins.install(first.dir);
  const path = newFile();
  const symbol = base.symbol('file');
  const rule = host.rule(unique('r'), ({ sink, stopping$ }) =>
    bursts()
      .pipe(takeUntil(stopping$))
      .subscribe(sink(symbol, { ...options, config: { path, ...options.config } })),
  );
  await statusOf(rule, 'running');
  const text = (): string => readFileSync(path, 'utf8');
  /** What the plugin writes from now on, once that is enough. */
  const writes = async (): Promise<string> => {
    const { length } = text();
    await until(() => text().length > length + 10 * BURST, 'the plugin writes');
    return text().slice(length);
  };
  await until(() => existsSync(path), 'the plugin writes');
  return { base, host, rule, symbol, writes };
}

describe('a plugin that is updated', () => {
  it('gets batches while its version names them, and single frames from one that does not', async () => {
    const queue = { size: 1_000_000, policy: 'error' } as const;
    const { base, host, rule, symbol, writes } = await recorded({ queue });
    expect(await writes()).toContain('rxbatch');
    await host.plugins.update(base.name, versionNaming(base, 'v2').dir);
    // It may be looked at in the midst of a line.
    const lines = (await writes()).split('\n').slice(1, -1).map(Number);
    expect(lines[0]).toBeGreaterThan(0);
    expect(lines).toEqual(zeroTo(lines.length).map((i) => lines[0]! + i));

    await host.plugins.update(base.name, versionNaming(base, 'v3', 'batch').dir);
    expect(await writes()).toContain('rxbatch');
    const { stages } = await stopBalanced(rule);
    expect(stages[`sink ${symbol}`]).toMatchObject({ dropped: none, failed: none });
  });

  it('gets one value at a time where each is acknowledged', async () => {
    const { rule, writes } = await recorded({
      requireAck: true,
      config: { acks: ['ok'] },
      queue: { size: 100, policy: 'drop-newest' },
    });
    // It may be looked at in the midst of a line.
    const lines = (await writes()).split('\n').slice(1, -1).map(Number);
    expect(lines[0]).toBeGreaterThanOrEqual(0);
    expect(lines.filter((line, i) => !(line > (lines[i - 1] ?? -1)))).toEqual([]);
    await rule.stop();
  });
});
