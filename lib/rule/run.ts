import { isObservable, type Observable, Subscription } from 'rxjs';
import { dateOf, settlesWithin } from '../clock.js';
import { ruleBranchUntracked, type RxportError, userError } from '../errors.js';
import {
  type Gauge,
  type Holds,
  type Marks,
  type Stage,
  type StageKind,
  type StageScope,
  teardownError,
  withScope,
} from '../stage.js';
import type { Attendance, Owner, Place, Stoppable, SymbolEvent, SymbolNews } from '../symbol/owner.js';
import { Roll } from './attendance.js';
import { CallPositions } from './call-positions.js';
import { Intake } from './intake.js';
import type { OwnedSink, SinkEntry } from './owned-sink.js';
import type { RunOptions, StopPlan } from './run-options.js';
import { RunStages } from './run-stages.js';
import { settled } from './settled.js';
import { StopSignal } from './stop-signal.js';
import { Tail } from './tail.js';

/** What a body returns for each chain: a sink's subscription, or a stream that the rule subscribes to. */
export type Branch = Subscription | Observable<unknown>;

const FLUSH_TIMEOUT = 5_000;

/** One run of a rule's body: owns what the body opened. */
export class RuleRun implements Owner, StageScope {
  readonly ruleId: string;
  private readonly title: string;
  /** Of a run that stops: resolves when nothing more comes of its sources. */
  read: Promise<unknown> = Promise.resolve();
  readonly life = new Subscription();
  private readonly stopSignal = new StopSignal((thrown) =>
    this.tell(userError(`a subscriber of stopping$ of ${this.title}`, thrown)),
  );
  readonly stopping$ = this.stopSignal.told$;
  private isCut = false;
  private readonly roll: Roll;
  /** Each with the promise that its stream has ended. */
  private readonly sinks = new Map<Subscription, SinkEntry>();
  /** What the body has returned: waited for, with a stream or without. */
  private readonly returned = new Set<Subscription>();
  private readonly branches = new Set<Tail>();
  private readonly work = new Set<Promise<unknown>>();
  private readonly intake: Intake;
  private readonly stages: RunStages;
  /** The shortest time that a stop has given. */
  private patience: number | undefined;
  private readonly positions = new CallPositions();
  private error: RxportError | undefined;

  constructor(private readonly options: RunOptions) {
    this.ruleId = options.ruleId;
    this.title = options.title ?? `rule ${options.ruleId}`;
    this.roll = new Roll(options.missing);
    this.intake = new Intake(options.clock, (by) => this.stages.paused(by));
    this.stages = new RunStages(options, this.intake, (news) => this.report(news));
    this.life.add(() => this.stages.stop());
  }

  /**
   * Runs the body and subscribes to what it returned. What goes wrong is told through `failed`, and closes what the body
   * has opened.
   */
  build(body: () => Branch | readonly Branch[]): void {
    try {
      withScope(this, () => {
        const built = body();
        this.positions.end();
        for (const branch of Array.isArray(built) ? (built as readonly Branch[]) : [built as Branch])
          this.follow(branch);
      });
      // By a branch, which could not end those behind it.
      if (this.isCut) this.cut();
      this.roll.call();
    } catch (thrown) {
      this.fail(userError(`the body of ${this.title}`, thrown));
      this.cut();
    }
  }

  /** Resolves when every branch has ended, every sink has drained, and every channel is closed. */
  async ended(): Promise<void> {
    await settled(() => [...this.branchEnds(), ...this.awaited().map(({ sink }) => sink.drained)]);
    // Nothing is left that could send to the others.
    this.unsubscribe(this.sinks.keys());
    await settled(() => [...this.sinks.values()].map(({ sink }) => sink.drained));
    await settled(() => [...this.work]);
    this.stages.flush();
    this.roll.close();
  }

  /** Down the arrow: sources, operators, sinks. Resolves when everything is closed. */
  async stop({ flush, timeout = this.options.flushTimeout ?? FLUSH_TIMEOUT }: StopPlan): Promise<void> {
    this.stopSignal.give();
    if (flush) this.patience = Math.min(this.patience ?? Infinity, timeout);
    else this.cut();
    const { read, ended } = this.intake.stop();
    this.read = read;
    await read;
    const flushed = ended.then(() => settled(() => this.streamEnds()));
    await settlesWithin(this.options.clock, timeout, flushed);
    // Before the cut: what operators emit at once on completion still goes out.
    this.intake.complete();
    this.cut();
    await this.ended();
  }

  /** At once: when it returns, no operator of the rule gets another value. */
  cut(): void {
    this.isCut = true;
    this.stopSignal.give();
    this.unsubscribe([...this.sinks.keys(), ...this.branches, this.life]);
    // Those that no branch has held: of a connectable, say.
    this.intake.complete();
  }

  /** The same, and what its sinks have accepted goes out only if it does so at once. */
  abandon(): void {
    this.cut();
    for (const { sink } of this.sinks.values()) sink.cutShort();
  }

  addSink<S extends OwnedSink>(sink: S): S {
    this.sinks.set(sink, { sink, ended: new Promise((resolve) => sink.add(resolve)) });
    void sink.drained.then(() => this.sinks.delete(sink));
    return sink;
  }

  // ---- Owner

  opId(): string {
    return this.options.opId();
  }

  callContext(symbol: string): string {
    const opId = this.options.callId(this.positions.next(symbol));
    return JSON.stringify({ ruleId: this.ruleId, opId, instanceId: 0, funcId: 0 });
  }

  stage(kind: StageKind, name: string, depth?: () => number, marks?: Marks, holds?: Holds): Stage {
    return this.stages.stage(kind, name, depth, marks, holds);
  }

  /** Where something outside the run tells how many values wait for it: they hold back the sources of the run. */
  gauge(name: string | (() => string), marks: Marks): Gauge {
    return this.intake.gauge(name, marks);
  }

  /** How many characters a value has that comes now, as far as can be told: 0 where it is small. */
  get size(): number {
    return this.intake.size;
  }

  attend(label: string): Attendance {
    return this.roll.attend(label);
  }

  report(news: SymbolNews): SymbolEvent {
    const event: SymbolEvent = { ...news, at: dateOf(this.options.clock) };
    this.options.report(event);
    return event;
  }

  running(source: Stoppable): Place {
    return this.intake.add(source);
  }

  track(work: Promise<unknown>): void {
    this.work.add(work);
    void work.finally(() => this.work.delete(work));
  }

  get stopping(): boolean {
    return this.stopSignal.given;
  }

  get flushTimeout(): number {
    return this.patience ?? this.options.flushTimeout ?? FLUSH_TIMEOUT;
  }

  get cutOff(): Owner['cutOff'] {
    return this.stopping ? 'stopped' : 'unsubscribed';
  }

  fail(error: RxportError): void {
    // The first one ends the run; what follows is told all the same.
    if (this.error !== undefined || this.stopping) return this.tell(error);
    this.error = error;
    this.options.failed(error);
  }

  // ---- inside

  /** What a teardown subscribes belongs to the rule, too. */
  private unsubscribe(all: Iterable<Subscription>): void {
    withScope(this, () => {
      for (const one of all) one.unsubscribe();
    });
  }

  private tell(error: RxportError): void {
    this.report({ type: 'error', symbol: this.ruleId, error });
  }

  private follow(branch: Branch): void {
    if (isObservable(branch)) return this.subscribe(branch);
    if (!this.sinks.has(branch)) throw this.untracked(branch);
    this.returned.add(branch);
  }

  /** Whatever it is, it is closed as far as that can be done. */
  private untracked(branch: unknown): RxportError {
    if (branch instanceof Subscription) this.tryClose(branch);
    if (branch instanceof Promise)
      branch.catch((thrown: unknown) => this.tell(userError(`the body of ${this.title}`, thrown)));
    return ruleBranchUntracked(this.ruleId, branch);
  }

  private tryClose(subscription: Subscription): void {
    try {
      subscription.unsubscribe();
    } catch (thrown) {
      this.tell(userError(`the end of a subscription of ${this.title}`, teardownError(thrown)));
    }
  }

  private subscribe(stream: Observable<unknown>): void {
    const tail = new Tail((thrown) => this.fail(userError(`a branch of ${this.title}`, thrown)));
    this.branches.add(tail);
    stream.subscribe(tail);
  }

  private branchEnds(): Promise<void>[] {
    return [...this.branches].map(({ ended }) => ended);
  }

  private streamEnds(): Promise<void>[] {
    return [...this.branchEnds(), ...this.awaited().map(({ ended }) => ended)];
  }

  /** The sinks that end by themselves. */
  private awaited(): readonly SinkEntry[] {
    return [...this.sinks.values()].filter(({ sink }) => sink.hasStream || this.returned.has(sink));
  }
}
