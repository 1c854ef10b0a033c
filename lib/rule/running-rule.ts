import {
  filter,
  firstValueFrom,
  fromEvent,
  merge,
  NEVER,
  type Observable,
  ReplaySubject,
  Subject,
  takeUntil,
} from 'rxjs';
import { type Clock, dateOf, pause } from '../clock.js';
import { ruleClosed, type RxportError, userError } from '../errors.js';
import type { Logger } from '../log.js';
import { guarded } from '../process/guarded.js';
import type { RuleContext, RuleDefinition } from './define.js';
import { EventLog } from './event-log.js';
import type { Ledger } from './ledger.js';
import { RuleMemory } from './memory.js';
import { News } from './news.js';
import { DEFAULT_RESTART, nextRestart } from './restart.js';
import { checkStop, type Rule, type RuleEvent, type StopOptions, type StopReport } from './rule.js';
import { RuleRun } from './run.js';
import { isFinal, nextStatus, type RuleChange, type RuleStatus } from './status.js';
import { stopReport } from './stop-report.js';

export interface RuleDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** What the body of one run composes from. */
  readonly context: (run: RuleRun) => RuleContext;
  /** Unique on this machine. */
  readonly opId: () => string;
  /** Milliseconds that operators may take to emit what they hold when the rule stops; default 5,000. */
  readonly flushTimeout?: number | undefined;
  /** What the log and the texts of errors call it; default `rule <id>`. */
  readonly title?: string;
  /** Default one of its own. */
  readonly memory?: RuleMemory;
}

/** Runs a definition, again and again as its restart policy has it, until it ends. */
export class RunningRule implements Rule {
  readonly id: string;
  readonly done: Promise<RuleStatus>;
  readonly status$: Observable<RuleStatus>;
  readonly events$: Observable<RuleEvent>;
  private current: RuleStatus;
  private readonly statuses = new ReplaySubject<RuleStatus>(1);
  private readonly events = new Subject<RuleEvent>();
  private readonly news = new News();
  private finished: (status: RuleStatus) => void = () => undefined;
  private readonly title: string;
  private readonly memory: RuleMemory;
  private run: RuleRun | undefined;
  /** Emits when a body has run. */
  private readonly built = new Subject<void>();
  private runs = 0;
  private attempt = 0;
  /** When the next run is due, on the clock that nobody sets. */
  private due = 0;
  private again = false;
  private over = false;
  /** Ends the wait for the next restart. */
  private wake = new AbortController();

  constructor(
    private readonly definition: RuleDefinition,
    private readonly deps: RuleDeps,
  ) {
    this.id = definition.id;
    this.title = deps.title ?? `rule ${this.id}`;
    this.memory = deps.memory ?? new RuleMemory();
    new EventLog(this.title, { rule: this.id }, deps.clock, deps.log).follow(this.events);
    this.current = { phase: 'starting', since: dateOf(deps.clock) };
    this.statuses.next(this.current);
    const thrown = (cause: unknown): void => {
      const { code, message } = userError(`a subscriber of ${this.title}`, cause);
      deps.log.error({ rule: this.id, code }, message);
    };
    this.status$ = guarded(this.statuses, thrown);
    this.events$ = guarded(this.events, thrown);
    this.done = new Promise((resolve) => (this.finished = resolve));
  }

  /** Runs the body, before it returns. Once. */
  start(): void {
    void this.live().then(this.finished);
  }

  get status(): RuleStatus {
    return this.current;
  }

  get closed(): boolean {
    return this.over;
  }

  ledger(): Ledger {
    return this.memory.book.read();
  }

  async stop(options: StopOptions = {}): Promise<StopReport> {
    checkStop(this.title, options);
    const { flush = true, timeout, signal } = options;
    const before = this.memory.book.dropped();
    const { run } = this;
    this.requestStop();
    const cut = (): void => run?.abandon();
    if (signal?.aborted === true) cut();
    signal?.addEventListener('abort', cut);
    await run?.stop({ flush, timeout });
    await this.done;
    signal?.removeEventListener('abort', cut);
    return stopReport(this.memory.book.dropped(), before);
  }

  async restart({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted();
    if (isFinal(this.status) || this.status.phase === 'stopping') throw ruleClosed(this.id);
    const { runs } = this;
    this.again = true;
    this.attempt = 0;
    this.wake.abort();
    this.wake = new AbortController();
    void this.run?.stop({ flush: true });
    // A run need not change the status: nothing is missing in one that uses no plugin.
    // A body that asks for it is not the one that it asks for.
    const next = this.built.pipe(filter(() => this.runs > runs));
    const decided = merge(next, this.status$.pipe(filter(isFinal))).pipe(
      takeUntil(signal === undefined ? NEVER : fromEvent(signal, 'abort')),
    );
    await firstValueFrom(decided, { defaultValue: undefined });
    if (this.runs > runs) return;
    signal?.throwIfAborted();
    throw ruleClosed(this.id);
  }

  unsubscribe(): void {
    const { run } = this;
    this.requestStop();
    run?.cut();
    void run?.stop({ flush: false });
  }

  /** The same, and what its sinks have accepted goes out only if it does so at once. */
  abandon(): void {
    const { run } = this;
    this.unsubscribe();
    run?.abandon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private requestStop(): void {
    this.again = false;
    this.change({ type: 'stop' });
    this.wake.abort();
  }

  private async live(): Promise<RuleStatus> {
    try {
      do {
        this.again = false;
        await this.once();
        if (this.status.phase === 'restarting') await this.backOff();
      } while (this.again || this.status.phase === 'starting');
    } catch (thrown) {
      this.change({ type: 'error', error: userError(`the end of ${this.title}`, thrown) });
    }
    this.change({ type: 'ended' });
    this.over = true;
    this.statuses.complete();
    this.events.complete();
    return this.status;
  }

  private async backOff(): Promise<void> {
    const { clock } = this.deps;
    if (!this.again) await pause(clock, this.due - clock.now(), this.wake.signal);
    this.change({ type: 'retry' });
  }

  /** One run, from the body to the last closed channel. */
  private async once(): Promise<void> {
    const { clock, context, opId, flushTimeout } = this.deps;
    const { title } = this;
    const { book } = this.memory;
    const started = clock.now();
    let failed: () => void;
    const failure = new Promise<void>((resolve) => (failed = resolve));
    const run = new RuleRun({
      ruleId: this.id,
      title,
      clock,
      flushTimeout,
      opId,
      callId: (position) => this.memory.callId(position, opId),
      stage: (kind, name, depth, hooks) => book.stage(kind, name, depth, hooks),
      report: (event) => this.events.next(event),
      missing: (missing) => this.change({ type: 'attendance', missing }),
      failed: (error) => {
        this.onError(error, clock.now() - started);
        failed();
      },
    });
    this.run = run;
    this.runs += 1;
    run.build(() => this.definition.body(context(run)));
    this.built.next();
    await Promise.race([failure, run.ended()]);
    await run.stop({ flush: true });
    this.run = undefined;
    book.fold();
  }

  private onError(error: RxportError, lasted: number): void {
    const policy = this.definition.options.restart ?? DEFAULT_RESTART;
    const restart = nextRestart(policy, error, { attempt: this.attempt, lasted });
    const fields = { rule: this.id, code: error.code };
    if (restart === undefined) {
      this.deps.log.error(fields, `${this.title} has failed: ${error.message}`);
      this.change({ type: 'error', error });
      return;
    }
    this.attempt = restart.attempt;
    this.deps.log.warn(fields, `${this.title} restarts in ${restart.wait} ms: ${error.message}`);
    const { clock } = this.deps;
    this.due = clock.now() + restart.wait;
    const at = dateOf(clock) + restart.wait;
    this.change({ type: 'error', error, retry: { attempt: restart.attempt, at } });
  }

  private change(change: RuleChange): void {
    const now = dateOf(this.deps.clock);
    const status = nextStatus(this.status, change, now);
    if (status === this.status) return;
    this.current = status;
    this.news.tell(() => {
      this.statuses.next(status);
      this.events.next({ type: 'status', status, at: now });
    });
  }
}
