import { isAbsolute, relative } from 'node:path';
import { dateOf, systemClock } from '../../clock.js';
import { reasonText, type LedgerAnswer, type RuleEntry } from '../answers.js';
import { withBackend } from '../find-backend.js';
import { ago, count, span } from '../format.js';
import { paintStatus } from '../plugin/paint-status.js';
import { show } from '../show.js';
import type { CommonOptions, Shell } from '../shell.js';
import { type Column, pairs, printable, table } from '../table.js';

export async function list(shell: Shell, options: CommonOptions): Promise<void> {
  await withBackend(shell, options, async (backend) => {
    const rules = await backend.rules();
    const now = dateOf(systemClock);
    show(shell, options, rules, () =>
      rules.length === 0
        ? [`${backend.where} has no rules`]
        : paintStatus(table(ruleColumns(now), rules, shell.out), shell.out),
    );
  });
}

export async function status(shell: Shell, options: CommonOptions, id: string): Promise<void> {
  await withBackend(shell, options, async (backend) => {
    const state = await backend.ruleState(id);
    const { since, on, attempt, nextTry, error } = state;
    const now = dateOf(systemClock);
    const facts = {
      status: state.status,
      since: ago(since, now),
      'waits for': on?.join(', '),
      attempt,
      'next try': nextTry === undefined ? undefined : `in ${span(nextTry - now)}`,
      error: reasonText(error),
      'try again': state.status === 'failed' ? `rxport rule start ${id}` : undefined,
    };
    show(shell, options, state, () => pairs(facts, shell.out));
  });
}

export async function ledger(shell: Shell, options: CommonOptions, id: string): Promise<void> {
  await withBackend(shell, options, async (backend) => {
    const answer = await backend.ledger(id);
    const empty = Object.keys(answer.stages).length === 0;
    show(shell, options, answer, () => (empty ? [`rule ${id} has counted nothing`] : ledgerLines(answer, shell)));
  });
}

export const ledgerLines = ({ stages, balanced }: LedgerAnswer, { out }: Pick<Shell, 'out'>): readonly string[] => [
  ...table(ledgerColumns, downstream(Object.entries(stages)), out),
  balanced ? 'balanced' : out.paint('red', 'not balanced: something was lost without a count'),
];

export const turn =
  (verb: 'start' | 'stop' | 'restart') =>
  async (shell: Shell, options: CommonOptions, id: string): Promise<void> => {
    const done = await withBackend(shell, options, (backend) => backend.turnRule(id, verb));
    show(shell, options, done, () => [printable(done.text)]);
  };

const ruleColumns = (now: number): readonly Column<RuleEntry>[] => [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'STATUS', cell: (rule) => rule.status },
  { title: 'SINCE', cell: ({ since }) => ago(since, now) },
  { title: 'FILE', cell: ({ file = '' }) => nearPath(file), long: true },
  { title: 'ERROR', cell: errorCell, long: true },
];

/** `rules/a.ts`, where that lies below this folder. */
const nearPath = (path: string): string => (isAbsolute(path) && !isOutside(path) ? relative('', path) : path);

const isOutside = (path: string): boolean => relative('', path).startsWith('..');

/** Without the file, which stands beside it. */
function errorCell({ file, error }: RuleEntry): string | undefined {
  const text = reasonText(error);
  return file !== undefined && text?.startsWith(`${file}: `) === true ? text.slice(file.length + 2) : text;
}

type Stage = readonly [name: string, stage: LedgerAnswer['stages'][string]];

/** As values flow: a pipeline is subscribed to, and so listed, from its sink up. */
const downstream = (stages: readonly Stage[]): readonly Stage[] => [...stages].reverse();

const ledgerColumns: readonly Column<Stage>[] = [
  { title: 'STAGE', cell: ([name]) => name, long: true },
  { title: 'RECEIVED', cell: ([, { received }]) => count(received), align: 'right' },
  { title: 'PASSED', cell: ([, { passed }]) => count(passed), align: 'right' },
  { title: 'DROPPED', cell: ([, { dropped }]) => byReason(dropped), align: 'right' },
  { title: 'FAILED', cell: ([, { failed }]) => byReason(failed), align: 'right' },
  { title: 'HELD', cell: ([, { inFlight }]) => count(inFlight), align: 'right' },
  { title: 'RESTARTS', cell: ([, { restarts = 0 }]) => restarts, align: 'right' },
  { title: 'PAUSES', cell: ([, { pauses = 0 }]) => pauses, align: 'right' },
  { title: 'PEAK', cell: ([, { peak = 0 }]) => count(peak), align: 'right' },
];

/** `0`, `12 overflow`, `12 overflow, 3 stop` */
function byReason(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, value]) => value > 0);
  return some.length === 0 ? '0' : some.map(([reason, value]) => `${count(value)} ${reason}`).join(', ');
}
