import { describe, expect, it } from '@jest/globals';
import { Journal } from '../../lib/control/journal.js';
import { pluginStopped } from '../../lib/errors.js';
import { loggerOf, type LogLevel } from '../../lib/log.js';
import { HandClock } from '../helpers/hand-clock.js';
import { silent } from '../helpers/host.js';

const journal = (): Journal => new Journal('p', new HandClock(), silent);

describe('what a plugin has written', () => {
  it('is the last thousand lines, in order, with their time', () => {
    const kept = journal();
    for (let line = 0; line < 2_500; line += 1) kept.write('stdout', String(line));
    const lines = kept.logs();
    expect(lines).toHaveLength(1_000);
    expect(lines.map(({ text }) => Number(text))).toEqual(Array.from({ length: 1_000 }, (_, i) => 1_500 + i));
    expect(lines[0]).toEqual({ at: expect.any(Number), stream: 'stdout', text: '1500' });
  });

  it('has half a million characters at most, and the newest line always', () => {
    const kept = journal();
    for (let line = 0; line < 100; line += 1) kept.write('stderr', 'x'.repeat(8 * 1024));
    expect(kept.logs()).toHaveLength(64);
    kept.write('stderr', 'last');
    expect(kept.logs().at(-1)?.text).toBe('last');
  });

  it('is told as it comes, and a subscriber that throws is logged', () => {
    const errors: string[] = [];
    const log = { ...silent, error: (_: object, text: string) => void errors.push(text) };
    const kept = new Journal('p', new HandClock(), log);
    const seen: string[] = [];
    kept.line$.subscribe(() => {
      throw new Error('mine');
    });
    kept.line$.subscribe(({ text }) => seen.push(text));
    kept.write('stdout', 'a');
    kept.write('stdout', 'b');
    expect(seen).toEqual(['a', 'b']);
    expect(errors.join()).toContain('mine');
  });
});

describe('the level of a line in the log of the host', () => {
  it.each<[string, 'stdout' | 'stderr', string, LogLevel]>([
    ['of our SDK', 'stderr', '[DEBUG] a {"n":1}', 'debug'],
    ['of our SDK', 'stderr', '[INFO] a', 'info'],
    ['of our SDK', 'stderr', '[WARN] a', 'warn'],
    ['of our SDK', 'stderr', '[ERROR] database is down', 'error'],
    ['of our SDK, without text', 'stderr', '[ERROR] ', 'error'],
    ['printed', 'stdout', '[ERROR] a', 'info'],
    ['of somebody else', 'stderr', 'time=now level=error msg=a', 'info'],
    ['with something like it', 'stderr', '[ERRORS] a', 'info'],
    ['with the name of a property', 'stderr', 'constructor a', 'info'],
    ['with it alone', 'stderr', '[ERROR]', 'info'],
    ['empty', 'stderr', '', 'info'],
  ])('%s: %s %j is %s', (_, stream, text, level) => {
    const told: [LogLevel, object, string][] = [];
    const log = loggerOf((...line) => void told.push(line));
    new Journal('p', new HandClock(), log).write(stream, text);
    expect(told).toEqual([[level, { plugin: 'p', stream }, text]]);
  });
});

it('keeps the last ten faults, and counts what was started again', () => {
  const kept = journal();
  const exit = { code: 1, signal: null, output: [] };
  kept.follow({ phase: 'starting', attempt: 0, crashes: [] });
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    kept.follow({ phase: 'backoff', attempt, until: 0, error: pluginStopped(String(attempt)), exit, crashes: [] });
    kept.follow({ phase: 'starting', attempt, crashes: [] });
  }
  kept.follow({ phase: 'failed', error: pluginStopped('last'), exit });
  expect(kept.restarts).toBe(12);
  expect(kept.lastErrors).toHaveLength(10);
  expect(kept.lastErrors[0]).toMatchObject({
    code: 'ERR_PLUGIN_STOPPED',
    message: expect.stringContaining('plugin 4'),
  });
  expect(kept.lastErrors.at(-1)?.message).toContain('plugin last');
});
