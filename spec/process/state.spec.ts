import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pluginStopped } from '../../lib/errors.js';
import { DEFAULT_POLICY, next, type ProcessEvent, type ProcessState, STOPPED } from '../../lib/process/state.js';

const NOW = 1_000_000;
const error = pluginStopped('p');
const other = pluginStopped('q');
const exit = { code: 1, signal: null, output: ['a'] };
const otherExit = { code: null, signal: 'SIGKILL', output: ['b'] };

const states = {
  stopped: { phase: 'stopped' },
  starting: { phase: 'starting', attempt: 2, crashes: [4_990] },
  ready: { phase: 'ready', pid: 7, since: NOW - 100, attempt: 2, crashes: [4_990] },
  backoff: { phase: 'backoff', attempt: 3, until: NOW + 5, error, exit, crashes: [4_990] },
  failed: { phase: 'failed', error, exit },
  stopping: { phase: 'stopping' },
} satisfies Record<string, ProcessState>;

const events = {
  start: { type: 'start' },
  handshake: { type: 'handshake', pid: 9, at: NOW },
  exit: { type: 'exit', error: other, exit: otherExit, at: NOW, now: 5_000, lived: 100, chance: 0.5 },
  retry: { type: 'retry' },
  stop: { type: 'stop' },
} satisfies Record<string, ProcessEvent>;

type Phase = keyof typeof states;
type Type = keyof typeof events;

const anew: ProcessState = { phase: 'starting', attempt: 0, crashes: [] };
const again: ProcessState = { phase: 'starting', attempt: 3, crashes: [4_990] };
const crashed: ProcessState = {
  phase: 'backoff',
  attempt: 3,
  until: NOW + 800,
  error: other,
  exit: otherExit,
  crashes: [4_990, 5_000],
};
const stopping: ProcessState = { phase: 'stopping' };

/** What follows; an event that is not named leaves the state as it is. */
const table: Record<Phase, Partial<Record<Type, ProcessState>>> = {
  stopped: { start: anew },
  starting: {
    handshake: { phase: 'ready', pid: 9, since: NOW, attempt: 2, crashes: [4_990] },
    exit: crashed,
    stop: stopping,
  },
  ready: { exit: crashed, stop: stopping },
  backoff: { retry: again, start: again, stop: STOPPED },
  failed: { start: anew, stop: STOPPED },
  stopping: { exit: STOPPED },
};

describe('the state of a process', () => {
  const pairs = Object.keys(states).flatMap((phase) =>
    Object.keys(events).map((type) => [phase as Phase, type as Type] as const),
  );

  it.each(pairs)('follows from %s on %s', (phase, type) => {
    const after = next(states[phase], events[type]);
    const expected = table[phase][type];
    if (expected === undefined) expect(after).toBe(states[phase]);
    else expect(after).toEqual(expected);
  });
});

const crash = { type: 'exit', exit, error, at: NOW, now: NOW, lived: 0, chance: 0.5 } as const;

/** Lets a process live for each of `lives` ms after its handshake; undefined is a crash before it. */
function live(...lives: readonly (number | undefined)[]): { state: ProcessState; waits: number[] } {
  let now = NOW;
  let state = next(STOPPED, { type: 'start' });
  const waits: number[] = [];
  for (const life of lives) {
    if (life !== undefined) {
      state = next(state, { type: 'handshake', pid: 1, at: now });
      now += life;
    }
    state = next(state, { ...crash, at: now, now, lived: life ?? 0 });
    if (state.phase !== 'backoff') break;
    waits.push(state.until - now);
    now = state.until;
    state = next(state, { type: 'retry' });
  }
  return { state, waits };
}

describe('a process that crashes', () => {
  it('waits 200 ms, and twice as long each time', () => {
    expect(live(0, 0, 0, undefined, 0).waits).toEqual([200, 400, 800, 1_600, 3_200]);
  });

  it('begins anew after a minute of health, to the millisecond', () => {
    expect(live(0, 0, 59_999, 60_000, 0).waits).toEqual([200, 400, 800, 200, 400]);
  });

  it('does not get healthy by starting slowly', () => {
    let state = next(STOPPED, { type: 'start' });
    state = next(state, crash);
    state = next(state, { type: 'retry' });
    state = next(state, { ...crash, now: NOW + 600_000, lived: 600_000 });
    expect(state).toMatchObject({ phase: 'backoff', attempt: 2 });
  });

  it('is given up after ten crashes within five minutes', () => {
    const quick = Array.from({ length: 10 }, () => 0);
    expect(live(...quick.slice(1)).state.phase).toBe('starting');
    const { state, waits } = live(...quick);
    expect(state).toEqual({ phase: 'failed', error, exit });
    expect(waits).toHaveLength(9);
  });

  it('is not given up while the oldest crash is five minutes ago', () => {
    const old = Array.from({ length: 9 }, (_, i) => NOW - 300_000 + i);
    const starting: ProcessState = { phase: 'starting', attempt: 9, crashes: old };
    const after = (now: number): ProcessState => next(starting, { ...crash, now });
    expect(after(NOW - 1).phase).toBe('failed');
    expect(after(NOW)).toMatchObject({ phase: 'backoff', crashes: [...old.slice(1), NOW] });
  });

  it('forgets its crashes when it is started by hand', () => {
    const failed = live(...Array.from({ length: 10 }, () => 0)).state;
    expect(next(failed, { type: 'start' })).toEqual({ phase: 'starting', attempt: 0, crashes: [] });
  });

  it('follows the policy that it is given', () => {
    const policy = { ...DEFAULT_POLICY, delay: 5, jitter: 0, maxCrashes: 2 };
    const first = next(next(STOPPED, { type: 'start' }), { ...crash, chance: 0.9 }, policy);
    expect(first).toMatchObject({ phase: 'backoff', until: NOW + 5 });
    const second = next(next(first, { type: 'retry' }), { ...crash, chance: 0.9 }, policy);
    expect(second.phase).toBe('failed');
  });

  it('spreads its retries by a fifth at most', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        const state = next(next(STOPPED, { type: 'start' }), { ...crash, chance });
        if (state.phase !== 'backoff') throw new Error(state.phase);
        expect(state.until - NOW).toBeGreaterThanOrEqual(160);
        expect(state.until - NOW).toBeLessThanOrEqual(240);
      }),
    );
  });
});
