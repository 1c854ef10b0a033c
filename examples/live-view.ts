import { styleText } from 'node:util';
import type { Rule } from 'rxport';
import { type Totals, totalsOf } from './totals.js';

/** What there is to see now. */
export interface Frame {
  readonly rules: readonly Rule[];
  /** All so far, oldest first. */
  readonly alerts: readonly string[];
  readonly elapsed: number;
  readonly runFor: number;
}

export interface LiveView {
  /** Milliseconds between two frames. */
  readonly interval: number;
  show(frame: Frame): void;
  /** A line that stays, above the frame. */
  say(line: string): void;
  /** The last frame stays too. */
  end(): void;
}

type Style = Parameters<typeof styleText>[0];

interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): boolean;
}

/** Draws in place on a terminal, and writes a line a second elsewhere, without colours. */
export const liveView = (out: Terminal): LiveView => (out.isTTY ? new Screen(out) : new Lines(out));

class Screen implements LiveView {
  readonly interval = 250;
  private readonly rates = new Rates();
  private height = 0;
  private frame: readonly string[] = [];

  constructor(private readonly out: Terminal) {}

  show({ rules, alerts, elapsed, runFor }: Frame): void {
    const columns = ['rule', 'tuples', 'per s', 'calls', 'alerts', 'dropped', 'status'];
    const table = [columns, ...rules.map((rule) => this.row(rule, elapsed))].map(line);
    const latest = Array.from({ length: LATEST }, (_, index) => alerts.at(-1 - index) ?? '');
    const text = [
      paint('bold', `rxport   ${seconds(elapsed)} of ${seconds(runFor)}   Ctrl-C ends it`),
      '',
      ...table.map((row, index) => (index === 0 ? paint('dim', row) : row)),
      '',
      paint('dim', 'latest alerts'),
      ...latest.map((alert) => `  ${alert}`),
      '',
    ];
    this.clear();
    this.draw(text);
  }

  say(text: string): void {
    this.clear();
    this.out.write(`${text}\n`);
    this.draw(this.frame);
  }

  end(): void {
    this.draw([]);
  }

  private draw(frame: readonly string[]): void {
    this.out.write(frame.map((row) => `${this.fit(row)}\n`).join(''));
    this.frame = frame;
    this.height = frame.length;
  }

  private row(rule: Rule, elapsed: number): string[] {
    const totals = totalsOf(rule);
    const { tuples, calls, alerts, dropped } = totals;
    return [rule.id, tuples, this.rates.of(rule, totals, elapsed), calls, alerts, dropped, statusOf(rule)].map(String);
  }

  /** A line that wraps would take two rows, and the next frame start too low. */
  private fit(row: string): string {
    const { columns = 80 } = this.out;
    return row.length <= columns || row.includes('\x1b') ? row : row.slice(0, columns);
  }

  private clear(): void {
    if (this.height > 0) this.out.write(`\x1b[${this.height}A\x1b[0J`);
  }
}

class Lines implements LiveView {
  readonly interval = 1_000;
  private readonly rates = new Rates();
  private told = 0;

  constructor(private readonly out: Terminal) {}

  show({ rules, alerts, elapsed }: Frame): void {
    for (const alert of alerts.slice(this.told)) this.say(`  alert  ${alert}`);
    this.told = alerts.length;
    const states = rules.map((rule) => {
      const totals = totalsOf(rule);
      const rate = this.rates.of(rule, totals, elapsed);
      return `${rule.id} ${totals.tuples} tuples, ${rate}/s, ${totals.calls} calls, ${statusOf(rule)}`;
    });
    this.say(`${seconds(elapsed)}  ${states.join('; ')}`);
  }

  say(text: string): void {
    this.out.write(`${text}\n`);
  }

  end(): void {
    this.say('');
  }
}

/** `running`, `waiting for source replay` */
const statusOf = ({ status }: Rule): string =>
  status.phase === 'waiting' ? `waiting for ${status.on.join(', ')}` : status.phase;

/** Tuples a second, over the last second. */
class Rates {
  private readonly seen = new Map<Rule, { readonly tuples: number; readonly elapsed: number }[]>();

  of(rule: Rule, { tuples }: Totals, elapsed: number): string {
    const seen = this.seen.get(rule) ?? [{ tuples: 0, elapsed: 0 }];
    this.seen.set(rule, [...seen.filter((one) => elapsed - one.elapsed < 1_000), { tuples, elapsed }]);
    const before = seen.find((one) => elapsed - one.elapsed < 1_000) ?? seen.at(-1) ?? { tuples: 0, elapsed: 0 };
    return (((tuples - before.tuples) / Math.max(1, elapsed - before.elapsed)) * 1_000).toFixed(0);
  }
}

const LATEST = 5;
const WIDTHS = [-10, 8, 8, 8, 8, 9];

const line = (cells: readonly string[]): string => cells.map((cell, index) => pad(cell, WIDTHS[index] ?? 0)).join('');

const pad = (cell: string, width: number): string => {
  if (width === 0) return `  ${cell}`;
  return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
};

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

const paint = (style: Style, text: string): string => (process.env.NO_COLOR ? text : styleText(style, text));
