import type { Subscriber } from 'rxjs';
import type { FunctionCall, Outcome } from '../channel/function-call.js';
import { callInvalid, queueOverflow, type RxportError, userError, valueInvalid } from '../errors.js';
import {
  Bound,
  DEFAULT_OVERFLOW,
  type Key,
  Lane,
  type LaneHandler,
  marksOf,
  Outlet,
  type Slot,
  type Stage,
  withScope,
} from '../stage.js';
import { encodeValidate, execEncoder } from '../wire/function.js';
import { CALL_TIMEOUT } from './call-options.js';
import type { CallSpec } from './call-spec.js';
import { valueOf } from './call-value.js';
import type { Attendance } from './owner.js';

/** Keys are spread over the processes by chance: with so many calls out for each, nearly all have something to do. */
const KEYED_SPREAD = 4;

/** One subscription to a call: values wait, go out, and come back in order. */
export class CallRun<T, R> implements LaneHandler<T, Outcome> {
  private readonly outlet: Outlet<R>;
  private readonly encode: (args: readonly unknown[]) => string;
  private readonly stage: Stage;
  private readonly attendance: Attendance;
  private readonly leave: () => void;
  private readonly unwish: (() => void) | undefined;
  private readonly bound: Bound;
  private readonly lane: Lane<T, Outcome>;
  /** What is on a connection, or waits for one. */
  private readonly calls = new Map<Slot<T, Outcome>, FunctionCall>();
  private checked: 'no' | 'asking' | 'yes' = 'no';
  private completed = false;

  constructor(
    private readonly spec: CallSpec<T, R>,
    subscriber: Subscriber<R>,
  ) {
    const { owner, shared, options } = spec;
    const where = `what follows call ${shared.symbol}`;
    this.outlet = new Outlet(subscriber, (thrown) => owner.fail(userError(where, thrown)));
    this.encode = execEncoder(spec.context);
    const overflow = options.queue ?? DEFAULT_OVERFLOW;
    const keyed = options.key !== undefined;
    const spread = keyed ? KEYED_SPREAD : 1;
    // What no process takes soon waits here, where it has its bound, its policy, and paces the sources.
    const concurrency = (): number => Math.min(options.concurrency ?? Infinity, shared.channel.capacity * spread);
    this.stage = owner.stage('call', shared.symbol, () => this.lane.held, marksOf(overflow));
    this.bound = new Bound(overflow, this.stage.scale);
    this.lane = new Lane({ order: options.order, keyed, bound: this.bound, concurrency }, this);
    this.attendance = owner.attend(`function ${shared.symbol}`);
    this.unwish = options.replicas === undefined ? undefined : shared.wish(options.replicas);
    this.leave = shared.use({
      ruleId: owner.ruleId,
      started: () => this.started(),
      lost: () => this.attendance.absent(),
      refused: (error) => this.outlet.error(error),
    });
  }

  next(value: T): void {
    const { key: keyOf } = this.spec.options;
    const key = keyOf === undefined || this.outlet.closed ? undefined : this.keyOf(value, keyOf);
    this.stage.received += 1;
    // A source that emits at once goes on when what follows has ended already.
    if (this.outlet.closed) return this.stage.drop(this.spec.owner.cutOff);
    const { failed } = this.lane.add(value, key);
    if (failed) this.outlet.error(queueOverflow(`call ${this.spec.shared.symbol}`, this.bound.size));
    this.stage.weigh(this.lane.waits);
  }

  /** What is wrong with it takes its turn, as what is wrong with the arguments does. */
  private keyOf(value: T, keyOf: (value: T) => unknown): Key | RxportError {
    const where = `key of call ${this.spec.shared.symbol}`;
    try {
      const key = keyOf(value);
      if (typeof key === 'string' || typeof key === 'number') return key;
      return valueInvalid(where, [`${key === null ? 'null' : typeof key} is neither text nor number`]);
    } catch (thrown) {
      return userError(where, thrown);
    }
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
    const left = this.lane.held;
    if (left > 0) this.stage.drop(this.spec.owner.cutOff, left);
    this.lane.clear();
    for (const call of this.calls.values()) this.spec.shared.channel.cancel(call);
    this.calls.clear();
    this.stage.end();
    this.leave();
    this.unwish?.();
    this.attendance.leave();
  }

  private started(): void {
    this.stage.started();
    this.attendance.present();
  }

  // ---- LaneHandler

  ready(): boolean {
    return this.checked !== 'asking' && !this.outlet.closed;
  }

  start(slot: Slot<T, Outcome>): void {
    const { key } = slot;
    if (key instanceof Error) return this.settle(slot, { type: 'error', error: key as RxportError });
    try {
      const args = this.spec.args(slot.value, slot.index);
      if (this.checked === 'no') return this.validate(slot, args, key);
      this.exec(slot, this.encode(args), key);
    } catch (thrown) {
      this.settle(slot, { type: 'error', error: userError(`args of call ${this.spec.shared.symbol}`, thrown) });
    }
  }

  overflowed(count: number): void {
    this.stage.overflow(count);
  }

  pass(slot: Slot<T, Outcome>, outcome: Outcome): void {
    let value: R;
    try {
      value = valueOf(this.spec, slot, outcome);
    } catch (error) {
      this.failed(slot, error as RxportError);
      return;
    }
    this.passOn(slot, value);
  }

  // ---- inside

  /** Once per start, with the arguments of the first tuple: only their number means anything to an SDK. */
  private validate(slot: Slot<T, Outcome>, args: readonly unknown[], key: Key | undefined): void {
    const { symbol } = this.spec.shared;
    const body = this.encode(args);
    const question = encodeValidate(args);
    this.checked = 'asking';
    this.ask(slot, question, (outcome) => {
      this.checked = 'yes';
      if (outcome.type === 'error' || outcome.type === 'invalid') this.report(outcome.error);
      // A Python validate that returns nothing answers state false with a null.
      if (outcome.type === 'failed' && outcome.result !== null && outcome.result !== undefined) {
        this.outlet.error(callInvalid(symbol, outcome.result));
      } else {
        this.exec(slot, body, key);
        this.lane.pump();
      }
    });
  }

  private exec(slot: Slot<T, Outcome>, body: string, key: Key | undefined): void {
    const { parse } = this.spec.options;
    this.ask(slot, body, (outcome) => this.settle(slot, outcome), key, parse);
  }

  private ask(
    slot: Slot<T, Outcome>,
    body: string,
    done: (outcome: Outcome) => void,
    key?: Key,
    parse?: FunctionCall['parse'],
  ): void {
    // What made the arguments, or heard of an error, may have ended the subscription, which has counted it.
    if (this.outlet.closed) return;
    const { timeout = CALL_TIMEOUT, whenLost = 'repeat' } = this.spec.options;
    // Answers come on a channel that all rules share; what follows is to find the rule that it runs in.
    const { scope } = this.outlet;
    const told = scope === undefined ? done : (outcome: Outcome) => withScope(scope, () => done(outcome));
    const call: FunctionCall = { body, key, parse, timeout, whenLost, cancelled: false, done: told };
    this.calls.set(slot, call);
    this.spec.shared.channel.submit(call);
  }

  private settle(slot: Slot<T, Outcome>, outcome: Outcome): void {
    this.calls.delete(slot);
    this.lane.settle(slot, outcome);
    this.stage.weigh(this.lane.waits);
    this.finishWhenEmpty();
  }

  private failed(slot: Slot<T, Outcome>, error: RxportError): void {
    const { onError = 'drop' } = this.spec.options;
    if (typeof onError === 'function') return this.substitute(onError, error, slot);
    this.countFailed(slot, error);
    if (onError === 'fail') this.outlet.error(error);
  }

  private substitute(
    onError: (error: RxportError, value: T) => unknown,
    error: RxportError,
    slot: Slot<T, Outcome>,
  ): void {
    let instead: R;
    try {
      instead = onError(error, slot.value) as R;
    } catch (thrown) {
      this.countFailed(slot, userError(`onError of call ${this.spec.shared.symbol}`, thrown));
      return;
    }
    this.passOn(slot, instead);
  }

  private passOn(slot: Slot<T, Outcome>, value: R): void {
    // What was asked for it may have ended the subscription, which has counted it.
    if (!this.lane.left(slot)) return;
    this.stage.passed += 1;
    this.outlet.next(value);
  }

  private countFailed(slot: Slot<T, Outcome>, error: RxportError): void {
    if (this.lane.left(slot)) this.stage.fail(error.code);
    this.report(error);
  }

  private finishWhenEmpty(): void {
    if (this.completed && this.lane.held === 0) this.outlet.complete();
  }

  private report(error: RxportError): void {
    this.spec.owner.report({ type: 'error', symbol: this.spec.shared.symbol, error });
  }
}
