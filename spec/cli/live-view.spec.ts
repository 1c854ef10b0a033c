import { describe, expect, it } from '@jest/globals';
import { liveView } from '../../lib/cli/live-view.js';
import type { RuleView } from '../../lib/service/service-rules.js';
import { Rate, totalsOf } from '../../lib/cli/rule-totals.js';
import { ruleUnknown } from '../../lib/errors.js';
import type { Ledger, LedgerStage } from '../../lib/rule/ledger.js';
import type { RuleStatus } from '../../lib/rule/status.js';
import { PlainTerminal } from '../helpers/plain-terminal.js';

const stage = (kind: LedgerStage['kind'], counts: Partial<LedgerStage>): LedgerStage => ({
  kind,
  name: 'x',
  received: 0,
  passed: 0,
  dropped: {},
  failed: {},
  inFlight: 0,
  restarts: 0,
  pauses: 0,
  peak: 0,
  ...counts,
});

const ledgerOf = (into: number, out?: number): Ledger => ({
  stages: {
    'source x': stage('source', { received: into, passed: into }),
    ...(out !== undefined && { 'sink x': stage('sink', { received: into, passed: out, inFlight: into - out }) }),
  },
  balanced: true,
});

const rule = (id: string, status: RuleStatus, ledger = ledgerOf(10, 8)): RuleView => ({
  id,
  file: `${id}.ts`,
  status,
  error: undefined,
  ledger: () => ledger,
});

const RUNNING: RuleStatus = { phase: 'running', since: 0 };

describe('the totals of a rule', () => {
  it('are over its sources, its sinks, and all its stages', () => {
    const stages = {
      a: stage('source', { received: 5, dropped: { overflow: 1, stop: 2 } }),
      b: stage('source', { received: 6 }),
      c: stage('call', { received: 8, failed: { timeout: 3 }, inFlight: 1 }),
      d: stage('sink', { passed: 4, inFlight: 2 }),
    };
    expect(totalsOf({ stages, balanced: true })).toEqual({ in: 11, out: 4, dropped: 3, failed: 3, held: 3 });
  });

  it('know no output where there is no sink', () => {
    expect(totalsOf(ledgerOf(3)).out).toBeUndefined();
  });
});

describe('a rate', () => {
  it('is that of the last second', () => {
    const rate = new Rate();
    expect(rate.of(100, 0)).toBe(0);
    expect(rate.of(200, 500)).toBe(200);
    expect(rate.of(300, 1_000)).toBe(200);
    expect(rate.of(1_300, 1_500)).toBe(1_100);
    expect(rate.of(1_300, 10_000)).toBe(0);
  });

  it('is not asked twice at one moment', () => {
    const rate = new Rate();
    rate.of(1, 5);
    expect(rate.of(9, 5)).toBe(0);
  });
});

describe('the view on a terminal', () => {
  it('draws a row for each rule, and the next frame in its place', () => {
    const out = new PlainTerminal(100);
    const view = liveView(out);
    view.show([rule('a', RUNNING)], 0);
    expect(out.written).not.toContain('\x1b');
    out.written = '';
    view.show([rule('a', RUNNING, ledgerOf(110, 108)), rule('b', { phase: 'waiting', since: 0, on: ['sink x'] })], 500);
    expect(out.written.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      '\x1b[2A\x1b[0JRULE STATUS IN/S OUT/S IN OUT DROPPED FAILED HELD',
      'a running 200 200 110 108 0 0 2',
      'b waiting for sink x 0 0 10 8 0 0 2',
      '',
    ]);
  });

  it('keeps a line above the frame', () => {
    const out = new PlainTerminal(100);
    const view = liveView(out);
    view.show([rule('a', RUNNING)], 0);
    const frame = out.written;
    out.written = '';
    view.say('warn');
    expect(out.written).toBe(`\x1b[2A\x1b[0Jwarn\n${frame}`);
  });

  it('never draws a line that wraps', () => {
    const out = new PlainTerminal(70);
    const error = ruleUnknown('x'.repeat(200), []);
    const status: RuleStatus = { phase: 'restarting', since: 0, attempt: 1, nextTry: 1_000, error };
    liveView(out).show([rule('a', status)], 0);
    for (const line of out.written.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
  });
});

describe('the view elsewhere', () => {
  it('has a line when a status changes, and every five seconds', () => {
    const out = new PlainTerminal();
    const view = liveView(out);
    const show = (status: RuleStatus, now: number): void => view.show([rule('a', status)], now);
    show(RUNNING, 0);
    show(RUNNING, 4_999);
    show(RUNNING, 5_000);
    show({ phase: 'waiting', since: 0, on: ['call f'] }, 5_100);
    show({ phase: 'restarting', since: 0, attempt: 1, nextTry: 8_200, error: ruleUnknown('b', []) }, 5_200);
    show({ phase: 'restarting', since: 0, attempt: 1, nextTry: 8_200, error: ruleUnknown('b', []) }, 5_300);
    expect(out.written.trimEnd().split('\n')).toEqual([
      'a running: 10 in (0/s), 8 out (0/s), 0 dropped, 0 failed, 2 held',
      'a running: 10 in (0/s), 8 out (0/s), 0 dropped, 0 failed, 2 held',
      expect.stringMatching(/^a waiting for call f: /),
      expect.stringMatching(/^a restarting in 3 s: there is no rule b; known rules: none: /),
    ]);
    expect(out.written).not.toContain('\x1b');
  });
});
