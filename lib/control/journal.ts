import { type Observable, Subject } from 'rxjs';
import { type Clock, dateOf } from '../clock.js';
import { type ErrorCode, userError } from '../errors.js';
import type { Logger, LogLevel } from '../log.js';
import { guarded } from '../process/guarded.js';
import type { ProcessState } from '../process/state.js';
import { Queue } from '../stage.js';
import type { UpdateReport } from './update-report.js';

/** A line that a plugin's process has written. */
export interface PluginLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  /** Without terminal sequences, 8 KiB at most. */
  readonly text: string;
}

/** Why a process of a plugin ended, or did not come. */
export interface PluginFault {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly code: ErrorCode;
  readonly message: string;
}

const MAX_LINES = 1_000;
/** Characters of all lines together: a thousand long ones of two hundred plugins would be gigabytes. */
const MAX_TEXT = 512 * 1024;
const MAX_FAULTS = 10;

const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['[DEBUG]', 'debug'],
  ['[INFO]', 'info'],
  ['[WARN]', 'warn'],
  ['[ERROR]', 'error'],
]);

/** How much a line matters: our SDK writes that in front, of all others nobody knows. */
const levelOf = ({ stream, text }: PluginLine): LogLevel =>
  (stream === 'stderr' ? LEVELS.get(text.slice(0, Math.max(0, text.indexOf(' ')))) : undefined) ?? 'info';

/** What a plugin has said and suffered, over all its processes and versions since the host started. */
export class Journal {
  /** How often a process of it was started again after it had died. */
  restarts = 0;
  /** Each line as it is written; completes when the plugin is removed, or its host has stopped. */
  readonly line$: Observable<PluginLine>;
  private readonly written = new Subject<PluginLine>();
  private readonly lines = new Queue<PluginLine>();
  private size = 0;
  private faults: readonly PluginFault[] = [];
  private update: UpdateReport | undefined;

  constructor(
    private readonly name: string,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.line$ = guarded(this.written, (thrown) =>
      log.error({ plugin: name }, userError(`a subscriber of the output of plugin ${name}`, thrown).message),
    );
  }

  /** The newest lines, oldest first: 1,000 and half a million characters at most. */
  logs(): readonly PluginLine[] {
    return Array.from({ length: this.lines.length }, (_, index) => this.lines.at(index) as PluginLine);
  }

  /** What the last update has cost. */
  get lastUpdate(): UpdateReport | undefined {
    return this.update;
  }

  /** The newest faults, oldest first: 10 at most. */
  get lastErrors(): readonly PluginFault[] {
    return this.faults;
  }

  write(stream: PluginLine['stream'], text: string): void {
    const line = { at: dateOf(this.clock), stream, text };
    this.lines.push(line);
    this.size += text.length;
    while (this.lines.length > MAX_LINES || this.size > MAX_TEXT) this.size -= this.lines.shift()?.text.length ?? 0;
    this.written.next(line);
    this.log[levelOf(line)]({ plugin: this.name, stream }, text);
  }

  updated(report: UpdateReport): void {
    this.update = report;
  }

  /** Where a process of it stands now. */
  follow(state: ProcessState): void {
    if (state.phase === 'starting' && state.attempt > 0) this.restarts += 1;
    if (state.phase !== 'backoff' && state.phase !== 'failed') return;
    const { code, message } = state.error;
    this.log.error({ plugin: this.name, code, phase: state.phase }, message);
    this.faults = [...this.faults, { at: dateOf(this.clock), code, message }].slice(-MAX_FAULTS);
  }

  /** The plugin is gone. */
  close(): void {
    this.written.complete();
  }
}
