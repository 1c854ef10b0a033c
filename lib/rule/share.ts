import { type Observable, ReplaySubject, Subject, type Subscriber } from 'rxjs';
import { type Clock, dateOf } from '../clock.js';
import { shareCircle, shareClosed, userError } from '../errors.js';
import type { Logger } from '../log.js';
import { Guarded, guarded } from '../process/guarded.js';
import { completeLater, currentScope, Outlet, type CheckedOverflow, type StageScope, withScope } from '../stage.js';
import type { Stopping } from '../symbol/owner.js';
import { Consumer, type Upstream } from './consumer.js';
import type { Ledger } from './ledger.js';
import { RuleMemory } from './memory.js';
import { checkStop, type RuleEvent, type StopOptions, type StopReport } from './rule.js';
import { RuleRun } from './run.js';
import { type Launch, ShareLife, type SharePlan } from './share-life.js';
import type { Shared } from './shared.js';
import type { RuleStatus } from './status.js';

export interface ShareDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly launch: Launch;
  /** Owns what is subscribed without a rule. */
  readonly outside: RuleRun;
  /** The share that a body belongs to, when what it tells comes to that share again. */
  readonly circle: (share: Share<unknown>, scope: StageScope) => string | undefined;
  /** Its name is free. */
  readonly closed: () => unknown;
}

/** A stream for many: one run after the other, each as long as somebody takes what it tells. */
export class Share<T> extends Guarded<T> implements Shared<T>, Upstream<T> {
  readonly name: string;
  readonly overflow: CheckedOverflow;
  readonly status$: Observable<RuleStatus>;
  readonly events$: Observable<RuleEvent>;
  private current: RuleStatus;
  private readonly statuses = new ReplaySubject<RuleStatus>(1);
  private readonly events = new Subject<RuleEvent>();
  private readonly memory = new RuleMemory();
  private life: ShareLife<T> | undefined;
  /** Those that have come while a run was ending. */
  private readonly waiting = new Set<Consumer<T>>();
  private closed = false;

  constructor(
    private readonly plan: SharePlan<T>,
    private readonly deps: ShareDeps,
  ) {
    super(
      (thrown) => ownerOf(currentScope(), deps).fail(userError(`a subscriber of share ${plan.name}`, thrown)),
      (subscriber) => this.take(subscriber),
    );
    this.name = plan.name;
    this.overflow = plan.overflow;
    this.current = { phase: 'stopped', since: dateOf(deps.clock) };
    this.statuses.next(this.current);
    const thrown = (cause: unknown): void => {
      const { code, message } = userError(`a subscriber of share ${plan.name}`, cause);
      deps.log.error({ share: plan.name, code }, message);
    };
    this.status$ = guarded(this.statuses, thrown);
    this.events$ = guarded(this.events, thrown);
  }

  get status(): RuleStatus {
    return this.current;
  }

  ledger(): Ledger {
    return this.memory.book.read();
  }

  async stop(options?: StopOptions): Promise<StopReport> {
    checkStop(`share ${this.name}`, options);
    this.closed = true;
    const { life } = this;
    const report = await life?.rule.stop(options);
    await life?.gone;
    this.statuses.complete();
    this.events.complete();
    this.deps.closed();
    return report ?? { drained: true, dropped: {} };
  }

  /** Cuts its run off. */
  cut(): void {
    this.life?.rule.unsubscribe();
  }

  // ---- for a look at who takes from whom

  get scope(): StageScope | undefined {
    return this.life?.scope;
  }

  /** The scopes of those that take from it. */
  get takers(): readonly (StageScope | undefined)[] {
    return (this.life?.consumers ?? []).map(({ scope }) => scope);
  }

  // ---- Upstream

  weighed(consumer: Consumer<T>, before: number): void {
    this.life?.weighed(consumer, before);
  }

  retire(consumer: Consumer<T>): Stopping {
    const { life } = this;
    if (this.waiting.delete(consumer) || life === undefined || !life.consumers.includes(consumer)) return RETIRED;
    if (!life.ending && !life.consumers.every(({ retiring }) => retiring)) {
      // Others go on: what its sources have sent and nobody has read is theirs.
      life.remove(consumer);
      return RETIRED;
    }
    // When its rule lets go, so does the share: nobody is left then.
    if (!life.ending) void life.rule.stop({ timeout: consumer.flushTimeout });
    return { read: life.read, ended: life.gone };
  }

  async leave(consumer: Consumer<T>): Promise<void> {
    const { life } = this;
    if (this.waiting.delete(consumer) || life === undefined || !life.consumers.includes(consumer)) return;
    life.remove(consumer);
    if (life.consumers.length > 0) return;
    life.rule.unsubscribe();
    await life.gone;
  }

  // ---- inside

  private take(subscriber: Subscriber<T>): void {
    const { name, deps } = this;
    const scope = currentScope();
    const owner = ownerOf(scope, deps);
    const outlet = new Outlet(subscriber, (thrown) => owner.fail(userError(`what follows share ${name}`, thrown)));
    if (owner.stopping) return void subscriber.add(completeLater(outlet));
    if (this.closed) return outlet.error(shareClosed(name));
    const circle = scope && deps.circle(this, scope);
    if (circle !== undefined) return outlet.error(shareCircle(name, circle));
    const consumer = new Consumer<T>(this, owner, scope, outlet);
    // Before it joins: a body may emit at once.
    subscriber.add(() => consumer.close());
    this.join(consumer);
  }

  private join(consumer: Consumer<T>): void {
    if (this.life === undefined) this.begin([consumer]);
    else if (this.life.ending) this.waiting.add(consumer);
    else this.life.add(consumer);
  }

  private begin(consumers: Iterable<Consumer<T>>): void {
    const life = new ShareLife(this.plan, this.deps.launch, this.memory);
    this.life = life;
    for (const consumer of consumers) life.add(consumer);
    // As the life is: not in the scope of who came first.
    withScope(undefined, () => {
      life.rule.status$.subscribe((status) => this.moved(life, status));
      life.rule.events$.subscribe((event) => this.events.next(event));
    });
    life.start((status) => this.ended(life, status));
  }

  private moved(life: ShareLife<T>, status: RuleStatus): void {
    this.current = status;
    this.statuses.next(status);
    if (status.phase !== 'running' && status.phase !== 'waiting') return;
    for (const consumer of life.consumers) consumer.attend(status.phase === 'running');
  }

  private ended({ consumers }: ShareLife<T>, status: RuleStatus): void {
    this.life = undefined;
    const error = status.phase === 'failed' ? status.error : undefined;
    for (const consumer of consumers) consumer.finish(error);
    const waiting = [...this.waiting];
    this.waiting.clear();
    if (this.closed) for (const consumer of waiting) consumer.finish(shareClosed(this.name));
    // Unless who has got the error has begun another one.
    else if (this.life === undefined && waiting.length > 0) this.begin(waiting);
    else for (const consumer of waiting) this.join(consumer);
  }
}

const RETIRED: Stopping = { read: Promise.resolve(), ended: Promise.resolve() };

const ownerOf = (scope: StageScope | undefined, { outside }: ShareDeps): RuleRun =>
  scope instanceof RuleRun ? scope : outside;
