import { describe, expect, it } from '@jest/globals';
import { exitCode, tellFailure } from '../../lib/cli/failure.js';
import {
  commandInterrupted,
  commandUsage,
  noService,
  pluginInUse,
  RxportError,
  serviceLate,
} from '../../lib/errors.js';
import { PlainTerminal } from '../helpers/plain-terminal.js';

const told = (thrown: unknown, json: boolean): string => {
  const err = new PlainTerminal();
  tellFailure(err, thrown, json);
  return err.written;
};

describe('a failure', () => {
  it.each([
    ['usage', commandUsage('x'), 2],
    ['a service that is not there', noService('rule list', 'data'), 3],
    ['something in use', pluginInUse('thermo', ['a']), 4],
    ['a deadline', serviceLate('http://x', 5), 6],
    ['an interruption', commandInterrupted(), 130],
    ['what has no code', new TypeError('x'), 1],
    ["a code of Node's", Object.assign(new Error('x'), { code: 'ENOENT' }), 1],
    ['what is no error', undefined, 1],
  ])('of %s ends with its code', (_, thrown, code) => {
    expect(exitCode(thrown)).toBe(code);
  });

  it('is a line for people, without what a terminal would act on', () => {
    expect(told(new RxportError('ERR_PLUGIN_UNKNOWN', 'no \x1b[31mthermo'), false)).toBe(
      'rxport: no thermo (ERR_PLUGIN_UNKNOWN)\n',
    );
    expect(told(new TypeError('broken'), false)).toBe('rxport: broken (ERR_INTERNAL)\n');
  });

  it('is an object for programs', () => {
    expect(JSON.parse(told(pluginInUse('thermo', ['a']), true))).toEqual({
      error: {
        code: 'ERR_PLUGIN_IN_USE',
        message: expect.stringContaining('thermo'),
        details: { name: 'thermo', rules: ['a'] },
      },
    });
    expect(JSON.parse(told(new TypeError('broken'), true))).toEqual({
      error: { code: 'ERR_INTERNAL', message: 'broken', details: {} },
    });
  });
});
