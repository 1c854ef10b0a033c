/** A call whose function answers when, and as, the spec says. */
import { Observable, Subject } from 'rxjs';
import type { FunctionCall, Outcome } from '../../lib/channel/function-call.js';
import { Pressure, Stage, Weights } from '../../lib/stage.js';
import { remoteCall } from '../../lib/symbol/call.js';
import type { CallOptions } from '../../lib/symbol/call-options.js';
import type { FunctionWatcher, SharedFunction } from '../../lib/symbol/function-pool.js';
import type { Owner, SymbolNews } from '../../lib/symbol/owner.js';
import type { FunctionRequest } from '../../lib/wire/function.js';

export interface FakeCall {
  /** Values for the call; it is subscribed already. */
  readonly input: Subject<number>;
  /** What came out: values, and `done` or the code of an error at the end. */
  readonly output: unknown[];
  readonly stage: Stage;
  readonly news: SymbolNews[];
  readonly failures: unknown[];
  /** Calls that have been submitted and not answered. */
  readonly out: FunctionCall[];
  /** What the function tells those who use it. */
  readonly watcher: FunctionWatcher;
  /** How many calls are worth submitting; from the start as many as the rule asks for. */
  capacity: number;
  /** The argument of each call that is out. */
  args(): unknown[];
  /** Answers the call that is out at `index`. */
  answer(index: number, outcome: Outcome): void;
  unsubscribe(): void;
}

export interface FakeOptions extends CallOptions<number, unknown> {
  readonly args?: (value: number, index: number) => readonly unknown[];
  readonly project?: (value: number, result: unknown, index: number) => unknown;
  /** Run when few enough wait, where a rule lets its sources go on. */
  readonly content?: () => void;
  /** Leave the answer to `Validate` to the spec. */
  readonly asks?: boolean;
}

const noop = (): void => undefined;

export const result = (value: unknown): Outcome => ({ type: 'result', result: value });
export const failure = (value: unknown): Outcome => ({ type: 'failed', result: value });

export const requestOf = ({ body }: FunctionCall): FunctionRequest => JSON.parse(body) as FunctionRequest;

export function fakeCall({
  args = (value) => [value],
  project,
  content = noop,
  asks = false,
  ...options
}: FakeOptions = {}): FakeCall {
  const pressure = new Pressure((under) => under || content());
  const out: FunctionCall[] = [];
  const news: SymbolNews[] = [];
  const failures: unknown[] = [];
  let stage: Stage | undefined;
  let watcher: FunctionWatcher | undefined;
  const channel = {
    capacity: options.concurrency ?? 1,
    submit(call: FunctionCall): void {
      if (!asks && requestOf(call).func === 'Validate') call.done(result(''));
      else out.push(call);
    },
    cancel: (call: FunctionCall): void => void (call.cancelled = true),
  };
  const owner: Owner = {
    ruleId: 'r',
    stopping: false,
    cutOff: 'unsubscribed',
    opId: () => 'o',
    callContext: () => '{}',
    stage: (kind, name, depth, marks) => {
      const dropped = (reason: string, count: number): void =>
        void news.push({ type: 'dropped', symbol: name, reason, count });
      return (stage = new Stage(kind, name, depth, { dropped, gauge: marks && pressure.gauge(name, marks) }));
    },
    attend: () => ({ present: noop, absent: noop, leave: noop }),
    report: (one) => {
      news.push(one);
      return { ...one, at: 0 };
    },
    running: () => ({ weight: 1, weights: new Weights(), size: noop, left: noop }),
    track: noop,
    fail: (error) => failures.push(error),
  };
  const use = (one: FunctionWatcher): (() => void) => {
    watcher = one;
    return noop;
  };
  const shared = { symbol: 'f', channel, use } as unknown as SharedFunction;
  const call = remoteCall<number, unknown>({ owner, shared, context: '{}', args, project, decode: undefined, options });

  const input = new Subject<number>();
  const output: unknown[] = [];
  const subscription = call(new Observable((subscriber) => input.subscribe(subscriber))).subscribe({
    next: (value) => output.push(value),
    error: (error: { readonly code?: unknown }) => output.push(error.code ?? error),
    complete: () => output.push('done'),
  });
  return {
    input,
    output,
    stage: present(stage),
    news,
    failures,
    out,
    watcher: present(watcher),
    get capacity() {
      return channel.capacity;
    },
    set capacity(count) {
      channel.capacity = count;
    },
    args: () => out.map((one) => (requestOf(one).arg as unknown[])[0]),
    answer(index, outcome) {
      const [one] = out.splice(index, 1);
      if (one?.cancelled === false) one.done(outcome);
    },
    unsubscribe: () => subscription.unsubscribe(),
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the call has not been subscribed');
  return value;
}
