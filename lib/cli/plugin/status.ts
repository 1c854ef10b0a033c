import type { PluginStatus } from '../answers.js';
import { ago } from '../format.js';
import { pairs, printable, table } from '../table.js';
import type { Terminal } from '../terminal.js';
import { updateText } from './update-text.js';

/** The status of a plugin, what runs of it, and its last errors; `before` is told first. */
export function statusLines(
  status: PluginStatus,
  out: Pick<Terminal, 'columns' | 'paint'>,
  now: number,
  before: Readonly<Record<string, string | undefined>> = {},
): readonly string[] {
  const { refCount, errMsg, pid, restarts, symbols = [], lastErrors = [], lastUpdate } = status;
  const facts = {
    ...before,
    status: status.status,
    error: errMsg,
    rules: Object.keys(refCount).join(', '),
    pid: pid ?? undefined,
    restarts,
    'last update': lastUpdate ? updateText(lastUpdate, now) : undefined,
  };
  return [
    ...pairs(facts, out),
    ...section(status.status === 'running' ? 'runs now' : 'waits for it', symbols, () => table(RUNNING, symbols, out)),
    ...section('last errors', lastErrors, () =>
      lastErrors.map(({ at, code = '', message = '' }) =>
        printable(`${ago(at, now) ?? ''}  ${code}  ${message}`.trim()),
      ),
    ),
  ];
}

const section = (title: string, items: readonly unknown[], lines: () => readonly string[]): readonly string[] =>
  items.length === 0 ? [] : ['', `${title}:`, ...lines().map((line) => `  ${line}`)];

const RUNNING = [
  { title: 'KIND', cell: ({ kind }: { kind?: string }) => kind },
  { title: 'SYMBOL', cell: ({ symbol }: { symbol?: string }) => symbol },
  { title: 'RULE', cell: ({ ruleId }: { ruleId?: string }) => ruleId },
];
