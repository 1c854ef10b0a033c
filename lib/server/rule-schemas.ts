/** What the routes of rules take and answer, for their checks and for `/openapi.json`. */
import { always, data, done, ofBody, unknown } from './answers.js';
import { array, object, string } from './schema.js';

const tags = ['rules'];
const params = object({ id: string('The id of a rule, or the name of a rule file that does not load.') });
const phases = ['starting', 'running', 'waiting', 'restarting', 'stopping', 'completed', 'stopped', 'failed'];
const phase = { type: 'string', enum: phases };
const milliseconds = { type: 'number', description: 'Milliseconds since the epoch.' };
const error = object({ code: string('`ERR_…`, stable.'), message: string() });
const count = { type: 'integer' };
const counts = { type: 'object', description: 'By reason.', additionalProperties: count };

const ledgerOf = object({
  stages: {
    type: 'object',
    description: 'By kind and name: `source random`.',
    additionalProperties: object({
      kind: string(),
      name: string(),
      restarts: count,
      pauses: count,
      peak: count,
      received: count,
      passed: count,
      dropped: counts,
      failed: counts,
      inFlight: count,
    }),
  },
  balanced: { type: 'boolean', description: 'received = passed + dropped + failed + inFlight, for each stage.' },
});

const listed = { id: string(), status: phase, since: milliseconds, file: string('Absolute path.'), error };

const standing = object({
  status: phase,
  since: milliseconds,
  on: array(string(), 'What it waits for.'),
  attempt: { type: 'integer', description: 'Which restart this is, from 1.' },
  nextTry: milliseconds,
  error,
});

export const list = {
  tags,
  summary: 'All rules, and the files that do not load',
  response: { 200: data(array(object(listed))), ...always },
};

export const get = {
  tags,
  summary: 'A rule',
  params,
  response: { 200: data(object({ ...listed, ledger: ledgerOf })), ...unknown, ...always },
};

export const status = {
  tags,
  summary: 'Where a rule stands',
  params,
  response: { 200: data(standing), ...unknown, ...always },
};

export const ledger = {
  tags,
  summary: 'What each stage of a rule has counted',
  params,
  response: { 200: data(ledgerOf), ...unknown, ...always },
};

const verb = (summary: string): Readonly<Record<string, unknown>> => ({
  tags,
  summary,
  params,
  response: { 200: done, ...unknown, ...ofBody, ...always },
});

export const start = verb('Start a rule that has ended, or a file that did not load');
export const stop = verb('Stop a rule with flush');
export const restart = verb('Stop a rule with flush and start it again');
