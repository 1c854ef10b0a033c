import { queueOverflow, type RxportError } from '../errors.js';
import {
  Bound,
  type CheckedOverflow,
  type Outlet,
  Queue,
  type Stage,
  type StageScope,
  taken,
  type Waiting,
  withScope,
} from '../stage.js';
import { handOn } from '../symbol/hand-on.js';
import {
  type Attendance,
  flushTimeoutOf,
  type Owner,
  type Place,
  type Stoppable,
  type Stopping,
} from '../symbol/owner.js';

/** The share, as one of its subscriptions sees it. */
export interface Upstream<T> {
  readonly name: string;
  readonly overflow: CheckedOverflow;
  /** Another number of values than `before` waits for it. */
  weighed(consumer: Consumer<T>, before: number): void;
  /** Its rule stops, and takes what it is still to get: `ended` when it has got all of that. */
  retire(consumer: Consumer<T>): Stopping;
  /** It takes nothing any longer: resolves when what ends with it has ended. */
  leave(consumer: Consumer<T>): Promise<void>;
}

/** One subscription to a share: what a source is to its rule. */
export class Consumer<T> implements Stoppable, Waiting {
  onEmpty: (() => void) | undefined;
  private readonly queue = new Queue<T>();
  private readonly stage: Stage;
  private readonly bound: Bound;
  private readonly attendance: Attendance;
  private readonly place: Place;
  /** How many values wait for it, as was told last. */
  waits = 0;
  /** Characters of the largest that wait, and of what has come last: 0 where they are small. */
  private size = 0;
  /** Its rule has more than it can work off. */
  private held = false;
  private telling = false;
  private closed = false;
  private stopping: Stopping | undefined;
  /** Nothing more comes, for this reason. */
  private end: { readonly error: RxportError | undefined } | undefined;

  constructor(
    private readonly share: Upstream<T>,
    private readonly owner: Owner,
    /** In which what follows is run; undefined outside a rule. */
    readonly scope: StageScope | undefined,
    private readonly outlet: Outlet<T>,
  ) {
    const { name } = share;
    this.stage = owner.stage('share', name, () => this.queue.length);
    this.attendance = owner.attend(`share ${name}`);
    // Behind what it takes to be paused.
    this.place = owner.running(this);
    this.bound = new Bound(share.overflow, this.place);
  }

  get ruleId(): string {
    return this.owner.ruleId;
  }

  /** Its rule stops. */
  get retiring(): boolean {
    return this.owner.stopping;
  }

  /** Milliseconds that its rule gives a flush. */
  get flushTimeout(): number {
    return flushTimeoutOf(this.owner);
  }

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  // ---- what the share says

  /** It has so many characters: 0 where it is small. */
  next(value: T, size: number): void {
    if (this.closed) return;
    if (size > 0 || this.size > 0) this.resize(size);
    this.stage.received += 1;
    const { dropped, failed } = this.bound.admit(this.queue, value);
    if (dropped > 0) this.stage.overflow(dropped);
    if (failed) withScope(this.scope, () => this.outlet.error(this.full()));
    else this.drain();
  }

  /** Nothing more comes; what waits goes first. */
  finish(error?: RxportError): void {
    this.end ??= { error };
    this.drain();
  }

  /** Whether the symbols of the share are running. */
  attend(present: boolean): void {
    if (present) this.attendance.present();
    else this.attendance.absent();
  }

  // ---- Stoppable: what its rule says

  pause(): void {
    this.held = true;
    this.stage.pauses += 1;
  }

  resume(): void {
    this.held = false;
    this.drain();
  }

  stop(): Stopping {
    this.stopping ??= this.retire();
    return this.stopping;
  }

  complete(): void {
    this.outlet.complete();
  }

  /** The end of the subscription, whatever ended it. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { owner, stage } = this;
    if (!this.isEmpty) stage.drop(owner.cutOff, this.queue.clear());
    stage.end();
    this.attendance.leave();
    this.place.left();
    this.onEmpty?.();
    owner.track(this.share.leave(this));
  }

  // ---- inside

  private resize(size: number): void {
    // What waits may be larger.
    if (size < this.size && !this.isEmpty) return;
    this.size = size;
    this.place.size(size);
  }

  private retire(): Stopping {
    const { read, ended } = this.share.retire(this);
    return { read, ended: ended.then(() => taken(this)).then(() => this.finish()) };
  }

  private drain(): void {
    // From within what it tells, the loop that tells it goes on.
    if (!this.telling) {
      this.telling = true;
      withScope(this.scope, this.tellAll);
      this.telling = false;
    }
    this.weigh();
    if (this.isEmpty) this.onEmpty?.();
  }

  private full(): RxportError {
    return queueOverflow(`share ${this.share.name}`, this.bound.size);
  }

  private readonly tellAll = (): void => {
    while (!this.held && !this.isEmpty && !this.outlet.closed) {
      this.stage.passed += 1;
      handOn(this.place, this.outlet, this.queue.shift() as T);
      this.weigh();
    }
    if (this.isEmpty && this.end !== undefined && !this.closed) this.conclude(this.end.error);
  };

  private conclude(error: RxportError | undefined): void {
    if (error === undefined) this.outlet.complete();
    else this.outlet.error(error);
  }

  /** Only what waits longer than its turn is told. */
  private weigh(): void {
    const { waits: before } = this;
    const { length } = this.queue;
    if (this.closed || length === before) return;
    this.waits = length;
    this.stage.weigh(length);
    this.share.weighed(this, before);
  }
}
