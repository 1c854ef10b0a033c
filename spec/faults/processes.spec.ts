import { describe, expect, it } from '@jest/globals';
import type { Misbehaviour } from '../helpers/bad-plugin.js';
import { faultHost } from '../helpers/fault-host.js';
import { until } from '../helpers/until.js';

const EXITED = 'backoff ERR_PLUGIN_EXITED';

describe('a rule over a plugin whose process does not do its part', () => {
  const faults = faultHost(
    [
      'answers-never',
      'crashes-later',
      'freezes',
      'ignores-sigterm',
      'leaves-a-child',
      'segfaults',
      'stops-reading',
      'stops-writing',
    ],
    { startTimeout: 1_000, stopTimeout: 500 },
  );

  it.each<[Misbehaviour, RegExp]>([
    ['leaves-a-child', /exited with code 5/],
    ['segfaults', /exited with signal SIGSEGV/],
  ])('waits for the next process, and goes on: %s', async (fault, text) => {
    const seen = faults.of(fault);
    await seen.shows('plugin', 'starting', 'ready', EXITED, 'starting', 'ready', EXITED, 'starting', 'ready');
    await seen.shows('rule', 'running', 'waiting', 'running', 'waiting', 'running');
    for (const one of seen.texts) expect(one).toMatch(text);
    const { passed } = seen.counts('sink');
    await until(() => seen.counts('sink').passed > passed, 'values of the third process');
    expect(new Set(seen.rule)).toEqual(new Set(['waiting', 'running']));
    await faults.healthyFlows();
  });

  it('tells the last words of a process that ends: crashes-later', async () => {
    const seen = faults.of('crashes-later');
    await seen.shows('plugin', 'starting', 'ready', EXITED, 'starting', 'ready', EXITED);
    for (const one of seen.texts) expect(one).toMatch(/exited with code 7.* Last output: out of luck/);
    expect(seen.rule.every((phase) => phase === 'waiting' || phase === 'running')).toBe(true);
    await faults.healthyFlows();
  });

  it('waits while START is not answered; its process is started anew', async () => {
    const seen = faults.of('answers-never');
    await seen.shows('plugin', 'starting', 'ready', 'starting', 'ready', 'starting');
    expect(new Set(seen.rule)).toEqual(new Set(['waiting']));
    await faults.healthyFlows();
  });

  it.each(['freezes', 'stops-reading', 'stops-writing'] as const)('fails its calls: %s', async (fault) => {
    const seen = faults.of(fault);
    await seen.shows('events', 'error ERR_CALL_TIMEOUT');
    await faults.healthyFlows();
    const { passed, failed, dropped } = seen.counts('call');
    expect(passed).toBeGreaterThan(0);
    expect({ failed, dropped }).toEqual({ failed: { ERR_CALL_TIMEOUT: 1 }, dropped: {} });
  });

  it('flows as if nothing was: ignores-sigterm', async () => {
    const seen = faults.of('ignores-sigterm');
    await until(() => seen.counts('sink').passed >= 30);
    expect(seen).toMatchObject({ plugin: ['starting', 'ready'], events: [] });
    await faults.healthyFlows();
  });

  it('stops with its host, and nothing is left of it', () => faults.endsClean());
});
