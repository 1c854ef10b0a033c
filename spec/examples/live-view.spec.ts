import { describe, expect, it } from '@jest/globals';
import { type Frame, liveView } from '../../examples/live-view.js';
import type { LedgerStage, Rule, StageKind } from '../../lib/index.js';

const stage = (kind: StageKind, name: string, passed: number): LedgerStage => ({
  kind,
  name,
  received: passed,
  passed,
  dropped: {},
  failed: {},
  inFlight: 0,
  restarts: 0,
  pauses: 0,
  peak: 0,
});

/** A rule that has taken as many tuples as the frame says. */
function frames() {
  let tuples = 0;
  const stages = () => ({
    'source a': stage('source', 'a', tuples),
    'call b': stage('call', 'b', 2),
    'sink c': stage('sink', 'c', 1),
  });
  const rule: Pick<Rule, 'id' | 'status' | 'ledger'> = {
    id: 'watch',
    status: { phase: 'running', since: 0 },
    ledger: () => ({ stages: stages(), balanced: true }),
  };
  return (elapsed: number, taken: number, ...alerts: string[]): Frame => {
    tuples = taken;
    return { rules: [rule as Rule], alerts, elapsed, runFor: 10_000 };
  };
}

/** What a terminal shows of what was written: text, cursor up, erase to the end. */
function screenOf(written: string): string[] {
  let rows: string[] = [];
  // In the place of escape, which a pattern should not hold.
  for (const [part] of written.replaceAll('\x1b', '␛').matchAll(/␛\[\d+A␛\[0J|[^␛]*\n|␛\[\d+m|[^␛\n]+/g)) {
    const up = /␛\[(\d+)A/.exec(part)?.[1];
    if (up !== undefined) rows = rows.slice(0, -1 - Number(up)).concat('');
    else if (!part.startsWith('␛')) rows = [...rows.slice(0, -1), ...((rows.at(-1) ?? '') + part).split('\n')];
  }
  return rows;
}

function terminal(isTTY: boolean) {
  let written = '';
  return { isTTY, columns: 80, write: (text: string) => (written += text) !== '', read: () => written };
}

describe('on a terminal', () => {
  it('draws in place, below what it has said, and leaves the last frame', () => {
    const out = terminal(true);
    const view = liveView(out);
    const at = frames();
    view.show(at(500, 5));
    view.say('a warning');
    view.show(at(1_000, 10, 'hot', 'cold'));
    view.show(at(1_500, 15, 'hot', 'cold'));
    view.end();
    view.say('ran 1.5 s');
    expect(screenOf(out.read()).map((row) => row.trimEnd())).toEqual([
      'a warning',
      'rxport   1.5 s of 10.0 s   Ctrl-C ends it',
      '',
      'rule        tuples   per s   calls  alerts  dropped  status',
      'watch           15      10       2       1        0  running',
      '',
      'latest alerts',
      '  cold',
      '  hot',
      '',
      '',
      '',
      '',
      'ran 1.5 s',
      '',
    ]);
  });
});

describe('elsewhere', () => {
  it('writes lines, each alert once, without colours', () => {
    const out = terminal(false);
    const view = liveView(out);
    const at = frames();
    view.show(at(1_000, 10, 'hot'));
    view.show(at(2_000, 30, 'hot', 'cold'));
    expect(out.read().split('\n')).toEqual([
      '  alert  hot',
      '1.0 s  watch 10 tuples, 10/s, 2 calls, running',
      '  alert  cold',
      '2.0 s  watch 30 tuples, 20/s, 2 calls, running',
      '',
    ]);
  });
});
