import { describe, expect, it } from '@jest/globals';
import { terminal } from '../../lib/cli/terminal.js';

const over = (output: { readonly isTTY?: boolean; readonly columns?: number }, env: NodeJS.ProcessEnv = {}) =>
  terminal({ ...output, write: () => true }, env);

describe('an output', () => {
  it.each([
    ['on a terminal', { isTTY: true }, {}, true],
    ['that is piped', {}, {}, false],
    ['with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['on a terminal that can do nothing', { isTTY: true }, { TERM: 'dumb' }, false],
  ])('%s has colours or not', (_, output, env, coloured) => {
    expect(over(output, env).paint('red', 'x')).toBe(coloured ? '\x1b[31mx\x1b[39m' : 'x');
  });

  it('is as wide as its terminal, 80 where that does not know, and endless elsewhere', () => {
    expect(over({ isTTY: true, columns: 100 }).columns).toBe(100);
    expect(over({ isTTY: true, columns: 0 }).columns).toBe(80);
    expect(over({ isTTY: true }).columns).toBe(80);
    expect(over({ columns: 100 }).columns).toBe(Infinity);
  });
});
