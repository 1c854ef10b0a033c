import { expect, it } from '@jest/globals';
import { faultOf } from '../../lib/control/fault-of.js';
import { commandLost } from '../../lib/errors.js';
import type { ProcessState } from '../../lib/process/state.js';

const error = commandLost('now');
const exit = { code: 1, signal: null, output: [] };
const faults = [
  { at: 1, code: 'ERR_PLUGIN_SPAWN', message: 'long ago' },
  { at: 2, code: 'ERR_PLUGIN_EXITED', message: 'lately' },
] as const;

it.each<[string, ProcessState, string | undefined]>([
  ['is there, after a fault', { phase: 'ready', pid: 1, since: 0, attempt: 1, crashes: [] }, undefined],
  ['comes for the first time', { phase: 'starting', attempt: 0, crashes: [] }, undefined],
  ['was stopped', { phase: 'stopped' }, undefined],
  ['is about to be started again', { phase: 'backoff', attempt: 1, until: 9, error, exit, crashes: [] }, error.message],
  ['is being started again', { phase: 'starting', attempt: 1, crashes: [] }, 'lately'],
  ['has failed', { phase: 'failed', error, exit }, error.message],
])('a plugin that %s', (_, state, message) => {
  expect(faultOf(state, faults)?.message).toBe(message);
});
