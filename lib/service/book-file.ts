import { basename } from 'node:path';
import type { RxportError } from '../errors.js';
import { errorOf, type RuleEntry } from './rule-entry.js';
import type { RuleView } from './service-rules.js';

/** A rule file as it was last read. */
export interface BookFile {
  readonly file: string;
  readonly rules: readonly RuleEntry[];
  /** The file and the local ones that it imports. */
  readonly parts: readonly string[];
  /** Of `parts`; undefined when one of them has changed while they were read. */
  readonly print: string | undefined;
  readonly error: RxportError | undefined;
  readonly since: number;
}

/** Its rules, or why there are none. */
export const viewsOf = (file: BookFile): readonly RuleView[] =>
  file.rules.length > 0 ? file.rules.map((rule) => viewOf(rule, file)) : brokenView(file);

const viewOf = (rule: RuleEntry, { file, error }: BookFile): RuleView => ({
  id: rule.id,
  file,
  status: rule.status,
  error: errorOf(rule.status) ?? error,
  ledger: () => rule.ledger(),
});

function brokenView({ file, error, since }: BookFile): readonly RuleView[] {
  if (error === undefined) return [];
  const ledger = { stages: {}, balanced: true };
  return [{ id: basename(file), file, status: { phase: 'failed', since, error }, error, ledger: () => ledger }];
}
