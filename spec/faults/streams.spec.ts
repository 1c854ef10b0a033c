import { describe, expect, it } from '@jest/globals';
import { faultHost } from '../helpers/fault-host.js';
import { none } from '../helpers/none.js';
import { until } from '../helpers/until.js';

describe('a rule over a plugin that talks nonsense, or too much', () => {
  const faults = faultHost([
    'answers-twice',
    'endless-line',
    'floods-stdout',
    'garbage-answer',
    'garbage-tuple',
    'giant-tuple',
    'half-tuple',
    'mute-function',
    'no-json',
  ]);

  it.each([
    ['garbage-tuple', []],
    ['giant-tuple', ['decode']],
  ] as const)(
    'has its source back after %s, counted where it is known to be a tuple, and its process lives',
    async (fault, reasons) => {
      const seen = faults.of(fault);
      await seen.shows('events', 'restarted', 'restarted');
      await seen.shows('rule', 'waiting', 'running', 'waiting', 'running', 'waiting', 'running');
      const { received, passed, dropped } = seen.counts('source');
      expect(passed).toBeGreaterThanOrEqual(20);
      const { decode = 0 } = dropped;
      expect([received, Object.keys(dropped)]).toEqual([passed + decode, reasons]);
      expect(decode === 0 || decode >= 2).toBe(true);
      expect(seen.plugin.slice(0, 2)).toEqual(['starting', 'ready']);
      await faults.healthyFlows();
    },
  );

  it('gets what came whole before half a tuple, and goes on waiting for the rest', async () => {
    const seen = faults.of('half-tuple');
    await until(() => seen.counts('sink').passed === 10);
    await faults.healthyFlows();
    expect(seen.counts('source')).toMatchObject({ received: 10, passed: 10 });
    expect(seen).toMatchObject({ plugin: ['starting', 'ready'], events: [] });
    expect(seen.rule.at(-1)).toBe('running');
  });

  it('counts what is no JSON, says so, and goes on with the rest', async () => {
    const seen = faults.of('no-json');
    await until(() => seen.counts('sink').passed >= 20);
    const { received, passed, dropped } = seen.counts('source');
    expect(dropped).toEqual({ decode: received - passed });
    expect(dropped['decode']).toBe(Math.floor(received / 3));
    expect(new Set(seen.events)).toEqual(new Set(['error ERR_MESSAGE_INVALID']));
    expect(seen.rule.at(-1)).toBe('running');
    await faults.healthyFlows();
  });

  it('fails the call that is never answered, and holds those behind it', async () => {
    const seen = faults.of('mute-function');
    await seen.shows('events', 'error ERR_CALL_TIMEOUT');
    await faults.healthyFlows();
    const { received, passed, dropped, failed, inFlight } = seen.counts('call');
    expect({ passed, dropped, failed }).toEqual({ passed: 0, dropped: {}, failed: { ERR_CALL_TIMEOUT: 1 } });
    expect(inFlight).toBe(received - 1);
  });

  it('has its function back when an answer is no frame, and repeats the call that was out', async () => {
    const seen = faults.of('garbage-answer');
    await until(() => seen.counts('call').passed >= 20, 'calls are answered again');
    await faults.healthyFlows();
    const { received, passed, dropped, failed, inFlight } = seen.counts('call');
    expect({ dropped, failed }).toEqual({ dropped: {}, failed: {} });
    expect(seen.plugin).toEqual(['starting', 'ready']);
    expect(inFlight).toBe(received - passed);
    expect(new Set(seen.rule)).toEqual(new Set(['waiting', 'running']));
  });

  it.each(['answers-twice', 'endless-line', 'floods-stdout'] as const)('flows as if nothing was: %s', async (fault) => {
    const seen = faults.of(fault);
    await until(() => seen.counts('sink').passed >= 30);
    expect(seen).toMatchObject({ plugin: ['starting', 'ready'], events: [] });
    expect(seen.rule.at(-1)).toBe('running');
    for (const kind of ['source', 'call', 'sink'] as const)
      expect(seen.counts(kind)).toMatchObject({ dropped: none, failed: none });
    await faults.healthyFlows();
  });

  it('stops with its host, and nothing is left of it', () => faults.endsClean());
});
