import { isObservable, type Observable, tap } from 'rxjs';
import { shareBodyInvalid } from '../errors.js';
import { currentScope, type Gauge, marksOf, type CheckedOverflow, Queue, withScope } from '../stage.js';
import type { Consumer } from './consumer.js';
import type { RuleContext, RuleDefinition } from './define.js';
import type { RuleMemory } from './memory.js';
import { RuleRun } from './run.js';
import type { RuleDeps, RunningRule } from './running-rule.js';
import { Decision, type Pace } from './share-pace.js';
import type { ShareBody } from './shared.js';
import type { RuleStatus } from './status.js';

/** Makes a rule that is not started yet. */
export type Launch = (definition: RuleDefinition, named: Pick<RuleDeps, 'title' | 'memory'>) => RunningRule;

export interface SharePlan<T> {
  readonly name: string;
  readonly body: ShareBody<T>;
  readonly pace: Pace;
  readonly overflow: CheckedOverflow;
}

/** One run of a share, from its first consumer to its last: a rule whose stream ends in many others. */
export class ShareLife<T> {
  readonly rule: RunningRule;
  /** Replaced when it changes, so that a value goes to those who were there when it came. */
  consumers: readonly Consumer<T>[] = [];
  /** Of the body. */
  scope: RuleRun | undefined;
  /** Resolves when it has ended and its consumers know. */
  gone: Promise<void> = Promise.resolve();
  private gauge: Gauge | undefined;
  /** Whom the sources wait for. */
  private readonly decision: Decision<Consumer<T>>;
  /** Its stream has ended. */
  private over = false;
  /** Characters of what is told now: 0 where it is small. */
  private size = 0;
  private telling = false;
  /** What has come from within what was told. */
  private readonly behind = new Queue<T>();

  constructor(
    private readonly plan: SharePlan<T>,
    launch: Launch,
    memory: RuleMemory,
  ) {
    const { name, pace } = plan;
    this.decision = new Decision(pace);
    // Without restart: those of the consumers' rules start it again.
    const definition: RuleDefinition = { id: name, body: (rule) => this.body(rule), options: { restart: 'never' } };
    this.rule = launch(definition, { title: `share ${name}`, memory });
  }

  /** Who comes now is too late for it. */
  get ending(): boolean {
    const { phase } = this.rule.status;
    return this.over || (phase !== 'starting' && phase !== 'running' && phase !== 'waiting');
  }

  /** Resolves when nothing more comes of its sources, while it ends. */
  get read(): Promise<unknown> {
    return this.scope?.read ?? Promise.resolve();
  }

  /** `ended` is told its last status when everything is closed. */
  start(ended: (status: RuleStatus) => void): void {
    // On a later macrotask: who subscribes again on the error of a body that fails at once would otherwise never return.
    const later = (status: RuleStatus): Promise<void> =>
      new Promise((resolve) => setImmediate(() => resolve(ended(status))));
    // Not in the scope of the rule that happened to come first, which would live as long as this.
    withScope(undefined, () => {
      this.gone = this.rule.done.then(later);
      this.rule.start();
    });
  }

  add(consumer: Consumer<T>): void {
    this.consumers = [...this.consumers, consumer];
    consumer.attend(this.rule.status.phase === 'running');
    this.decision.add(consumer);
    this.weigh();
  }

  remove(consumer: Consumer<T>): void {
    this.consumers = this.consumers.filter((one) => one !== consumer);
    this.decision.remove(consumer);
    this.weigh();
  }

  /** Another number of values than `before` waits for one of them, or for one that was. */
  weighed(consumer: Consumer<T>, before: number): void {
    this.decision.changed(consumer, before);
    this.weigh();
  }

  private weigh(): void {
    this.gauge?.set(this.decision.waits);
  }

  private body({ source, call, stopping$ }: RuleContext): Observable<T> {
    const { name, body, overflow } = this.plan;
    const scope = currentScope();
    if (scope instanceof RuleRun) {
      this.scope = scope;
      this.gauge = scope.gauge(() => `rule ${this.decision.queue?.ruleId}`, marksOf(overflow));
    }
    const stream: unknown = body({ source, call, stopping$ });
    if (!isObservable(stream)) throw shareBodyInvalid(name, stream);
    return (stream as Observable<T>).pipe(
      tap({ next: (value) => this.next(value), finalize: () => (this.over = true) }),
    );
  }

  private next(value: T): void {
    const { size = 0 } = this.scope ?? {};
    // What is behind may be larger.
    if (!this.telling || size > this.size) this.size = size;
    // One value after the other for all, also when what takes the first one sets off the second.
    this.behind.push(value);
    if (this.telling) return;
    this.telling = true;
    while (this.behind.length > 0) this.tell(this.behind.shift() as T);
    this.telling = false;
  }

  private tell(value: T): void {
    for (const consumer of this.consumers) consumer.next(value, this.size);
  }
}
