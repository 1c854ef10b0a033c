/** What the rules of `rxport run` do: drawn in place on a terminal, told in lines elsewhere. */
import type { RuleStatus } from '../rule/status.js';
import { count, span } from './format.js';
import { paintStatus } from './plugin/paint-status.js';
import type { RuleView } from '../service/service-rules.js';
import { Rate, type Totals, totalsOf } from './rule-totals.js';
import { type Column, printable, table } from './table.js';
import type { Terminal } from './terminal.js';

export interface LiveView {
  show(rules: readonly RuleView[], now: number): void;
  /** A line that stays, above the frame. */
  say(line: string): void;
}

export const liveView = (out: Terminal): LiveView => (out.isTTY ? new Screen(out) : new Lines(out));

interface Row {
  readonly id: string;
  readonly status: RuleStatus;
  readonly totals: Totals;
  readonly inRate: number;
  readonly outRate: number;
  readonly now: number;
}

class Rows {
  private readonly rates = new Map<string, readonly [into: Rate, out: Rate]>();

  of({ id, status }: RuleView, totals: Totals, now: number): Row {
    const rates = this.rates.get(id) ?? [new Rate(), new Rate()];
    this.rates.set(id, rates);
    const [into, out] = rates;
    return { id, status, totals, inRate: into.of(totals.in, now), outRate: out.of(totals.out ?? 0, now), now };
  }
}

class Screen implements LiveView {
  private readonly rows = new Rows();
  private frame: readonly string[] = [];

  constructor(private readonly out: Terminal) {}

  show(rules: readonly RuleView[], now: number): void {
    const rows = rules.map((rule) => this.rows.of(rule, totalsOf(rule.ledger()), now));
    this.clear();
    this.draw(paintStatus(table(COLUMNS, rows, this.out), this.out));
  }

  say(line: string): void {
    this.clear();
    this.out.line(line);
    this.draw(this.frame);
  }

  private draw(frame: readonly string[]): void {
    for (const line of frame) this.out.line(line);
    this.frame = frame;
  }

  private clear(): void {
    if (this.frame.length > 0) this.out.write(`\x1b[${this.frame.length}A\x1b[0J`);
  }
}

/** A change of a status at once, the figures now and then. */
class Lines implements LiveView {
  private readonly rows = new Rows();
  private readonly told = new Map<string, { readonly text: string; readonly at: number }>();

  constructor(private readonly out: Terminal) {}

  show(rules: readonly RuleView[], now: number): void {
    for (const rule of rules) {
      const row = this.rows.of(rule, totalsOf(rule.ledger()), now);
      const text = statusText(row.status, now);
      const last = this.told.get(rule.id);
      if (last !== undefined && last.text.split(' ')[0] === text.split(' ')[0] && now - last.at < EVERY) continue;
      this.told.set(rule.id, { text, at: now });
      this.out.line(printable(`${rule.id} ${text}: ${figures(row)}`));
    }
  }

  say(line: string): void {
    this.out.line(line);
  }
}

/** Milliseconds between two lines of a rule whose status stays. */
const EVERY = 5_000;

const figures = ({ totals, inRate, outRate }: Row): string =>
  [
    `${count(totals.in)} in (${count(inRate)}/s)`,
    ...(totals.out === undefined ? [] : [`${count(totals.out)} out (${count(outRate)}/s)`]),
    `${count(totals.dropped)} dropped`,
    `${count(totals.failed)} failed`,
    `${count(totals.held)} held`,
  ].join(', ');

/** `running`, `waiting for source replay`, `restarting in 3 s: …`; why one has failed is told when all has ended. */
export function statusText(status: RuleStatus, now: number): string {
  switch (status.phase) {
    case 'waiting':
      return `waiting for ${status.on.join(', ')}`;
    case 'restarting':
      return `restarting in ${span(status.nextTry - now)}: ${status.error.message}`;
    case 'failed':
    case 'starting':
    case 'running':
    case 'stopping':
    case 'completed':
    case 'stopped':
      return status.phase;
  }
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'RULE', cell: ({ id }) => id },
  { title: 'STATUS', cell: ({ status, now }) => statusText(status, now), long: true },
  { title: 'IN/S', cell: ({ inRate }) => count(inRate), align: 'right' },
  { title: 'OUT/S', cell: ({ totals, outRate }) => (totals.out === undefined ? '' : count(outRate)), align: 'right' },
  { title: 'IN', cell: ({ totals }) => count(totals.in), align: 'right' },
  { title: 'OUT', cell: ({ totals }) => (totals.out === undefined ? '' : count(totals.out)), align: 'right' },
  { title: 'DROPPED', cell: ({ totals }) => count(totals.dropped), align: 'right' },
  { title: 'FAILED', cell: ({ totals }) => count(totals.failed), align: 'right' },
  { title: 'HELD', cell: ({ totals }) => count(totals.held), align: 'right' },
];
