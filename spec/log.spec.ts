import { describe, expect, it } from '@jest/globals';
import { loggerOf, type LogLevel, safeLogger, untilClosing } from '../lib/log.js';
import { linesLog } from './helpers/lines-log.js';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

describe('a logger of one function', () => {
  it.each(LEVELS)('says %s with fields and text', (level) => {
    const said: unknown[] = [];
    loggerOf((...line) => void said.push(line))[level]({ plugin: 'thermo' }, 'hello');
    expect(said).toEqual([[level, { plugin: 'thermo' }, 'hello']]);
  });

  it('is its own child, unless it is told how to make one', () => {
    const plain = loggerOf(() => undefined);
    expect(plain.child({ rule: 'a' })).toBe(plain);
    const bound: object[] = [];
    const child = loggerOf(() => undefined);
    const parent = loggerOf(
      () => undefined,
      (fields) => {
        bound.push(fields);
        return child;
      },
    );
    expect(parent.child({ rule: 'a' })).toBe(child);
    expect(bound).toEqual([{ rule: 'a' }]);
  });
});

describe('a logger that may throw', () => {
  const throws = loggerOf(() => {
    throw new Error('no space left');
  });

  it.each(LEVELS)('loses a text at %s and nothing else, its children too', (level) => {
    const log = safeLogger(throws);
    expect(() => log[level]({}, 'hello')).not.toThrow();
    expect(() => log.child({})[level]({}, 'hello')).not.toThrow();
  });

  it('says what it can', () => {
    const { log, lines } = linesLog();
    safeLogger(log).child({}).warn({}, 'hello');
    expect(lines).toEqual(['warn hello']);
  });
});

it('what ends while its host is closing is no error', () => {
  const said: unknown[] = [];
  const closing = new AbortController();
  const log = untilClosing(
    loggerOf((level, fields) => void said.push([level, ...Object.keys(fields)])),
    closing.signal,
  ).child({});
  for (const when of ['before', 'after']) {
    for (const level of LEVELS) log[level]({ code: 'ERR_X' }, when);
    log.error({}, when);
    closing.abort();
  }
  expect(said.map(String)).toEqual([
    ...['debug,code', 'info,code', 'warn,code', 'error,code', 'error'],
    ...['debug,code', 'info,code', 'debug,code', 'debug,code', 'error'],
  ]);
});
