import type { RxportError } from '../errors.js';
import type { RuleStatus } from '../rule/status.js';
import type { RuleView } from '../service/service-rules.js';

interface ShownError {
  readonly code: string;
  readonly message: string;
}

const show = ({ code, message }: RxportError): ShownError => ({ code, message });

/** A rule as it is listed. */
export const describeRule = ({ id, status, file, error }: RuleView): Readonly<Record<string, unknown>> => ({
  id,
  status: status.phase,
  since: status.since,
  file,
  ...(error && { error: show(error) }),
});

/** Where a rule stands, with all that its phase says. */
export function describeStatus({ status, error }: RuleView): Readonly<Record<string, unknown>> {
  const { phase, since } = status;
  return { status: phase, since, ...detailsOf(status), ...(error && { error: show(error) }) };
}

function detailsOf(status: RuleStatus): Readonly<Record<string, unknown>> {
  switch (status.phase) {
    case 'waiting':
      return { on: status.on };
    case 'restarting':
      return { attempt: status.attempt, nextTry: status.nextTry };
    case 'starting':
    case 'running':
    case 'stopping':
    case 'completed':
    case 'stopped':
    case 'failed':
      return {};
  }
}
