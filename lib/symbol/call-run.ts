import type { Subscriber } from 'rxjs';
import type { FunctionCall, Outcome } from '../channel/function-call.js';
import { admit, DEFAULT_OVERFLOW } from '../channel/overflow.js';
import { Queue } from '../channel/queue.js';
import { callInvalid, queueOverflow, type RxportError, userError } from '../errors.js';
import type { Stage } from '../stage.js';
import { encodeExec, encodeValidate } from '../wire/function.js';
import { CALL_TIMEOUT } from './call-options.js';
import type { CallSpec } from './call-spec.js';
import { valueOf } from './call-value.js';
import { Outlet } from './outlet.js';
import type { Attendance } from './owner.js';

/** In input order at most this many replies per concurrent call wait for an earlier one. */
const WAITING_REPLIES = 4;

interface Slot<T> {
  readonly value: T;
  readonly index: number;
  call: FunctionCall | undefined;
  /** What goes on in its place once its turn comes; undefined while the call is out. */
  outcome: Outcome | undefined;
}

/** One subscription to a call: values wait, go out, and come back in order. */
export class CallRun<T, R> {
  private readonly outlet: Outlet<R>;
  private readonly stage: Stage;
  private readonly attendance: Attendance;
  private readonly leave: () => void;
  private readonly waiting = new Queue<Slot<T>>();
  /** In input order: everything between the oldest call that is out and the newest. */
  private readonly slots = new Queue<Slot<T>>();
  /** In completion order: what is out. */
  private readonly out = new Set<Slot<T>>();
  private index = 0;
  private active = 0;
  private checked: 'no' | 'asking' | 'yes' = 'no';
  private completed = false;
  private pumping = false;

  constructor(
    private readonly spec: CallSpec<T, R>,
    subscriber: Subscriber<R>,
  ) {
    const { owner, shared } = spec;
    const where = `what follows call ${shared.symbol}`;
    this.outlet = new Outlet(subscriber, (thrown) => owner.fail(userError(where, thrown)));
    this.stage = owner.stage('call', shared.symbol, () => this.held);
    this.attendance = owner.attend(`function ${shared.symbol}`);
    this.leave = shared.use({
      ruleId: owner.ruleId,
      started: () => this.started(),
      lost: () => this.attendance.absent(),
      refused: (error) => this.outlet.error(error),
    });
  }

  next(value: T): void {
    this.stage.received += 1;
    // A source that emits at once goes on when what follows has ended already.
    if (this.outlet.closed) return this.stage.drop(this.spec.owner.cutOff);
    const slot: Slot<T> = { value, index: this.index++, call: undefined, outcome: undefined };
    const overflow = this.spec.options.queue ?? DEFAULT_OVERFLOW;
    const { dropped, failed } = admit(this.waiting, slot, overflow);
    if (dropped > 0) this.overflowed(dropped);
    if (failed) this.outlet.error(queueOverflow(`call ${this.spec.shared.symbol}`, overflow.size));
    else this.pump();
  }

  error(error: unknown): void {
    this.outlet.error(error);
  }

  complete(): void {
    this.completed = true;
    this.finishWhenEmpty();
  }

  /** The end of the subscription, whatever ended it. */
  end(): void {
    const left = this.held;
    if (left > 0) this.stage.drop(this.spec.owner.cutOff, left);
    for (const { call } of this.out) if (call !== undefined) call.cancelled = true;
    this.waiting.clear();
    this.slots.clear();
    this.out.clear();
    this.leave();
    this.attendance.leave();
  }

  private started(): void {
    this.stage.started();
    this.attendance.present();
  }

  private get inOrder(): boolean {
    return this.spec.options.order !== 'completion';
  }

  private get held(): number {
    return this.waiting.length + (this.inOrder ? this.slots.length : this.out.size);
  }

  private pump(): void {
    // A reply can arrive while a call is being submitted; one loop is enough.
    if (this.pumping) return;
    this.pumping = true;
    while (this.hasRoom()) {
      const slot = this.waiting.shift();
      if (slot === undefined) break;
      this.submit(slot);
    }
    this.pumping = false;
  }

  private hasRoom(): boolean {
    if (this.checked === 'asking' || this.outlet.closed) return false;
    const concurrency = this.spec.options.concurrency ?? this.spec.shared.channel.capacity;
    if (this.active >= concurrency) return false;
    return !this.inOrder || this.slots.length < concurrency * (1 + WAITING_REPLIES);
  }

  private submit(slot: Slot<T>): void {
    if (this.inOrder) this.slots.push(slot);
    this.out.add(slot);
    try {
      const args = this.spec.args(slot.value, slot.index);
      if (this.checked === 'no') return this.validate(slot, args);
      this.exec(slot, encodeExec(args, this.spec.context));
    } catch (thrown) {
      this.settle(slot, { type: 'error', error: userError(`args of call ${this.spec.shared.symbol}`, thrown) });
    }
  }

  /** Once per start, with the arguments of the first tuple: only their number means anything to an SDK. */
  private validate(slot: Slot<T>, args: readonly unknown[]): void {
    const { symbol } = this.spec.shared;
    const body = encodeExec(args, this.spec.context);
    const question = encodeValidate(args);
    this.checked = 'asking';
    this.ask(slot, question, (outcome) => {
      this.checked = 'yes';
      if (outcome.type === 'error' || outcome.type === 'invalid') this.report(outcome.error);
      // A Python validate that returns nothing answers state false with a null.
      if (outcome.type === 'failed' && outcome.result !== null && outcome.result !== undefined) {
        this.outlet.error(callInvalid(symbol, outcome.result));
      } else {
        this.exec(slot, body);
        this.pump();
      }
    });
  }

  private exec(slot: Slot<T>, body: string): void {
    this.ask(slot, body, (outcome) => this.settle(slot, outcome));
  }

  private ask(slot: Slot<T>, body: string, done: (outcome: Outcome) => void): void {
    const { timeout = CALL_TIMEOUT, whenLost = 'repeat' } = this.spec.options;
    this.active += 1;
    slot.call = {
      body,
      timeout,
      whenLost,
      cancelled: false,
      done: (outcome) => {
        this.active -= 1;
        done(outcome);
      },
    };
    this.spec.shared.channel.submit(slot.call);
  }

  private settle(slot: Slot<T>, outcome: Outcome): void {
    this.out.delete(slot);
    slot.call = undefined;
    slot.outcome = outcome;
    if (this.inOrder) this.release();
    else this.pass(slot, outcome);
    this.pump();
    this.finishWhenEmpty();
  }

  private release(): void {
    for (let head = this.slots.at(0); head?.outcome !== undefined; head = this.slots.at(0)) {
      this.slots.shift();
      this.pass(head, head.outcome);
    }
  }

  private pass(slot: Slot<T>, outcome: Outcome): void {
    if (this.outlet.closed) return this.stage.drop(this.spec.owner.cutOff);
    let value: R;
    try {
      value = valueOf(this.spec, slot, outcome);
    } catch (error) {
      this.failed(slot, error as RxportError);
      return;
    }
    this.stage.passed += 1;
    this.outlet.next(value);
  }

  private failed({ value }: Slot<T>, error: RxportError): void {
    const { onError = 'drop' } = this.spec.options;
    if (typeof onError === 'function') return this.substitute(onError, error, value);
    this.stage.fail(error.code);
    this.report(error);
    if (onError === 'fail') this.outlet.error(error);
  }

  private substitute(onError: (error: RxportError, value: T) => unknown, error: RxportError, value: T): void {
    let instead: R;
    try {
      instead = onError(error, value) as R;
    } catch (thrown) {
      this.stage.fail('ERR_USER_FUNCTION');
      this.report(userError(`onError of call ${this.spec.shared.symbol}`, thrown));
      return;
    }
    this.stage.passed += 1;
    this.outlet.next(instead);
  }

  private finishWhenEmpty(): void {
    if (this.completed && this.held === 0) this.outlet.complete();
  }

  private overflowed(count: number): void {
    this.stage.drop('overflow', count);
    this.spec.owner.report({ type: 'dropped', symbol: this.spec.shared.symbol, reason: 'overflow', count });
  }

  private report(error: RxportError): void {
    this.spec.owner.report({ type: 'error', symbol: this.spec.shared.symbol, error });
  }
}
