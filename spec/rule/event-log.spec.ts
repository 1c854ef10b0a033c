import { describe, expect, it } from '@jest/globals';
import { callFailed, sinkEncode } from '../../lib/errors.js';
import { loggerOf } from '../../lib/log.js';
import { EventLog } from '../../lib/rule/event-log.js';
import type { SymbolNews } from '../../lib/symbol/owner.js';
import { HandClock } from '../helpers/hand-clock.js';

function start() {
  const clock = new HandClock();
  const lines: unknown[][] = [];
  const log = new EventLog(
    'rule r',
    { rule: 'r' },
    clock,
    loggerOf((...line) => lines.push(line)),
  );
  return { clock, lines, log, note: (news: SymbolNews) => log.note({ ...news, at: clock.now() }) };
}

const failed = (text: string, count?: number): SymbolNews => ({
  type: 'error',
  symbol: 'celsius',
  error: callFailed('celsius', text),
  ...(count && { count }),
});

describe('the events of a rule in the log', () => {
  it.each<[string, SymbolNews, object, string]>([
    ['an error', failed('too hot'), { code: 'ERR_CALL_FAILED' }, 'rule r: function celsius failed: too hot'],
    [
      'errors that were summed up',
      failed('too hot', 7),
      { code: 'ERR_CALL_FAILED' },
      'rule r: function celsius failed: too hot (7 times)',
    ],
    [
      'a drop',
      { type: 'dropped', symbol: 'file', reason: 'overflow', count: 3 },
      {},
      'rule r: file has dropped 3 (overflow)',
    ],
    ['a restart', { type: 'restarted', symbol: 'file', attempt: 1 }, {}, 'rule r: file is started again'],
    [
      'what may be lost',
      { type: 'unconfirmed', symbol: 'file', count: 9 },
      {},
      'rule r: 9 values at most that went to sink file may not have been read',
    ],
  ])('are a warning: %s', (_, news, fields, text) => {
    const { lines, note } = start();
    note(news);
    expect(lines).toEqual([['warn', { rule: 'r', ...fields }, text]]);
  });

  it.each<[string, SymbolNews]>([
    ['sources that are held back', { type: 'paused', symbol: 'sink file', count: 1 }],
    ['what nobody wanted any longer', { type: 'dropped', symbol: 'file', reason: 'unsubscribed', count: 1 }],
  ])('do not tell of %s', (_, news) => {
    const { lines, note } = start();
    note(news);
    expect(lines).toEqual([]);
  });

  it('tell once a minute of what goes on, with its number and its newest text', () => {
    const { clock, lines, log, note } = start();
    for (let second = 0; second < 90; second += 1) {
      note(failed(`at ${second}`));
      clock.advance(1_000);
    }
    expect(lines.map(([, , text]) => text)).toEqual([
      'rule r: function celsius failed: at 0',
      'rule r: function celsius failed: at 59 (59 times)',
    ]);
    log.flush();
    expect(lines.slice(2).map(([, , text]) => text)).toEqual(['rule r: function celsius failed: at 89 (30 times)']);
    expect(clock.actions).toEqual([]);
  });

  it('tell of each symbol and code on its own', () => {
    const { lines, note } = start();
    note(failed('x'));
    note({ type: 'error', symbol: 'file', error: sinkEncode('file', new Error('no')) });
    note({ type: 'error', symbol: 'celsius', error: sinkEncode('celsius', new Error('no')) });
    expect(lines).toHaveLength(3);
  });
});
