import { describe, expect, it } from '@jest/globals';
import {
  callInvalid,
  channelDial,
  configInvalid,
  confKeyUnknown,
  nameInvalid,
  operatorOption,
  pluginStopped,
  ruleBranchUntracked,
  RxportError,
  sinkShared,
  symbolRefused,
  symbolUnknown,
  userError,
} from '../../lib/errors.js';
import { DEFAULT_RESTART, nextRestart, type RestartPolicy } from '../../lib/rule/restart.js';

const error = userError('map', 'boom');

/** The waits of one failure after another, each after `lasted` ms. */
function waits(policy: RestartPolicy, ...lasted: readonly number[]): (number | undefined)[] {
  let attempt = 0;
  return lasted.map((ms) => {
    const next = nextRestart(policy, error, { attempt, lasted: ms });
    attempt = next?.attempt ?? attempt;
    return next?.wait;
  });
}

describe('the restart of a rule', () => {
  it('waits 1 s, and twice as long each time, up to 30 s, for ever', () => {
    const many = Array.from({ length: 8 }, () => 0);
    expect(waits(DEFAULT_RESTART, ...many)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(nextRestart(DEFAULT_RESTART, error, { attempt: 5_000, lasted: 0 })?.wait).toBe(30_000);
  });

  it('begins anew after a minute of health, to the millisecond', () => {
    expect(waits(DEFAULT_RESTART, 0, 0, 59_999, 60_000, 0)).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
  });

  it('gives up after the attempts that the policy allows', () => {
    const policy = { delay: 10, maxDelay: 15, attempts: 3 };
    expect(waits(policy, 0, 0, 0, 0)).toEqual([10, 15, 15, undefined]);
    expect(waits({ ...policy, attempts: 0 }, 0)).toEqual([undefined]);
  });

  it('counts the attempts in a row: health gives all of them back', () => {
    const policy = { delay: 10, maxDelay: 15, attempts: 2 };
    expect(waits(policy, 0, 0, 60_000, 0, 0)).toEqual([10, 15, 10, 15, undefined]);
  });

  it('never comes with "never"', () => {
    expect(nextRestart('never', error, { attempt: 0, lasted: 0 })).toBeUndefined();
  });

  it.each([
    nameInvalid('rule', ''),
    symbolUnknown('source', 'a', ''),
    confKeyUnknown({ kind: 'source', symbol: 'a', confKey: 'b', pluginDir: '/a' }, ''),
    configInvalid('a', []),
    operatorOption('a', 'b'),
    callInvalid('a', 'b'),
    sinkShared('a'),
    ruleBranchUntracked('a', 1),
    new RxportError('ERR_ADDRESS_TOO_LONG', ''),
  ])('does not follow a mistake in the rule: $code', (mistake) => {
    expect(nextRestart(DEFAULT_RESTART, mistake, { attempt: 0, lasted: 0 })).toBeUndefined();
  });

  it.each([error, symbolRefused('a', 'start', 'b', 'c'), pluginStopped('a'), channelDial('a', 'b')])(
    'follows what may pass: $code',
    (passing) => {
      expect(nextRestart(DEFAULT_RESTART, passing, { attempt: 0, lasted: 0 })).toEqual({ attempt: 1, wait: 1_000 });
    },
  );
});
