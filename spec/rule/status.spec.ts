import { describe, expect, it } from '@jest/globals';
import { ruleClosed } from '../../lib/errors.js';
import { isFinal, nextStatus, type RuleChange, type RuleStatus } from '../../lib/rule/status.js';

const NOW = 100;
const error = ruleClosed('r');
const other = ruleClosed('s');

const statuses = {
  starting: { phase: 'starting', since: 1 },
  running: { phase: 'running', since: 1 },
  waiting: { phase: 'waiting', since: 1, on: ['source a'] },
  restarting: { phase: 'restarting', since: 1, attempt: 2, nextTry: 50, error },
  stopping: { phase: 'stopping', since: 1 },
  completed: { phase: 'completed', since: 1 },
  stopped: { phase: 'stopped', since: 1 },
  failed: { phase: 'failed', since: 1, error },
} satisfies Record<string, RuleStatus>;

const changes = {
  present: { type: 'attendance', missing: [] },
  missing: { type: 'attendance', missing: ['sink b'] },
  error: { type: 'error', error: other },
  'error, retry': { type: 'error', error: other, retry: { attempt: 3, at: 900 } },
  retry: { type: 'retry' },
  stop: { type: 'stop' },
  ended: { type: 'ended' },
} satisfies Record<string, RuleChange>;

type Name = keyof typeof statuses;
type Change = keyof typeof changes;

const running: RuleStatus = { phase: 'running', since: NOW };
const waiting: RuleStatus = { phase: 'waiting', since: NOW, on: ['sink b'] };
const failed: RuleStatus = { phase: 'failed', since: NOW, error: other };
const restarting: RuleStatus = { phase: 'restarting', since: NOW, attempt: 3, nextTry: 900, error: other };
const stopping: RuleStatus = { phase: 'stopping', since: NOW };
const completed: RuleStatus = { phase: 'completed', since: NOW };

/** What follows; a change that is not named leaves the status as it is. */
const table: Record<Name, Partial<Record<Change, RuleStatus>>> = {
  starting: {
    present: running,
    missing: waiting,
    error: failed,
    'error, retry': restarting,
    stop: stopping,
    ended: completed,
  },
  running: {
    missing: waiting,
    error: failed,
    'error, retry': restarting,
    stop: stopping,
    ended: completed,
  },
  waiting: {
    present: running,
    // It waits for something else, and has waited all the time.
    missing: { ...waiting, since: 1 },
    error: failed,
    'error, retry': restarting,
    stop: stopping,
    ended: completed,
  },
  restarting: { retry: { phase: 'starting', since: NOW }, stop: stopping },
  stopping: { ended: { phase: 'stopped', since: NOW } },
  completed: {},
  stopped: {},
  failed: {},
};

describe('the status of a rule', () => {
  const pairs = Object.keys(statuses).flatMap((status) =>
    Object.keys(changes).map((change) => [status as Name, change as Change] as const),
  );

  it.each(pairs)('follows from %s on %s', (status, change) => {
    const next = nextStatus(statuses[status], changes[change], NOW);
    const expected = table[status][change];
    if (expected === undefined) expect(next).toBe(statuses[status]);
    else expect(next).toEqual(expected);
  });

  it.each(Object.keys(statuses) as Name[])('says of %s whether it is the last', (status) => {
    expect(isFinal(statuses[status])).toBe(['completed', 'stopped', 'failed'].includes(status));
  });
});
