import { describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import {
  callInvalid,
  channelDial,
  configInvalid,
  confKeyUnknown,
  hostStopped,
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
import { defineRule } from '../../lib/rule/define.js';
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

  it('waits for nothing with a delay of 0, however often it was tried', () => {
    const policy = { delay: 0, maxDelay: 1_000, attempts: Infinity };
    for (const attempt of [0, 1_023, 1_024, 5_000])
      expect(nextRestart(policy, error, { attempt, lasted: 0 })).toEqual({ attempt: attempt + 1, wait: 0 });
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
    hostStopped(),
  ])('does not follow a mistake in the rule, or the end of the host: $code', (mistake) => {
    expect(nextRestart(DEFAULT_RESTART, mistake, { attempt: 0, lasted: 0 })).toBeUndefined();
  });

  it.each([error, symbolRefused('a', 'start', 'b', 'c'), pluginStopped('a'), channelDial('a', 'b')])(
    'follows what may pass: $code',
    (passing) => {
      expect(nextRestart(DEFAULT_RESTART, passing, { attempt: 0, lasted: 0 })).toEqual({ attempt: 1, wait: 1_000 });
    },
  );
});

describe('a restart policy', () => {
  it.each<[Partial<RestartPolicy>, string]>([
    [{ delay: NaN }, 'restart.delay NaN is no number of milliseconds from 0'],
    [{ delay: -1 }, 'restart.delay -1 is no number of milliseconds from 0'],
    [{ delay: Infinity }, 'restart.delay Infinity is more than 2147483647'],
    [{ maxDelay: NaN }, 'restart.maxDelay NaN is no number of milliseconds from 0'],
    [{ attempts: NaN }, 'restart.attempts NaN is no whole number from 0'],
    [{ attempts: 0.5 }, 'restart.attempts 0.5 is no whole number from 0'],
  ])('is refused where it is none: %p', (part, problem) => {
    const restart = { ...DEFAULT_RESTART, ...part };
    expect(() => defineRule('r', () => NEVER, { restart })).toThrow(
      expect.objectContaining({ code: 'ERR_OPERATOR_OPTION', message: expect.stringContaining(`rule r: ${problem}`) }),
    );
  });

  it('without a longest wait never waits longer than can be waited', () => {
    const restart = { delay: 1_000, maxDelay: Infinity, attempts: Infinity };
    expect(defineRule('r', () => NEVER, { restart }).options.restart).toBe(restart);
    expect(nextRestart(restart, error, { attempt: 2_000, lasted: 0 })).toEqual({ attempt: 2_001, wait: 2 ** 31 - 1 });
  });
});
