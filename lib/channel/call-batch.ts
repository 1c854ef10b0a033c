import { decodeReply } from '../wire/function.js';
import { BATCH_TEXT, decodeBatchReply, encodeExecBatch, isExec } from '../wire/function-batch.js';
import type { FunctionCall, Outcome } from './function-call.js';
import type { Routing } from './routing.js';

/** What came back: how many calls were made, and the outcome of each of those, decoded when asked for. */
export interface BatchAnswer {
  readonly made: number;
  readonly outcome: (index: number) => Outcome;
}

/** The calls that are out together on one connection; one alone goes out as it is. */
export class CallBatch {
  private left: number;

  constructor(
    /** Calls are taken out of it when their time is up. */
    private readonly calls: (FunctionCall | undefined)[],
    /** What the frame carries, before it became one. */
    readonly size: number,
    readonly sentAt: number,
  ) {
    this.left = calls.length;
  }

  /** How many calls went out. */
  get length(): number {
    return this.calls.length;
  }

  /** How many of them still have time. */
  get waiting(): number {
    return this.left;
  }

  get body(): string {
    const first = this.calls[0];
    if (this.calls.length === 1 && first !== undefined) return first.body;
    return encodeExecBatch(this.between().map(({ body }) => body));
  }

  /** Takes out what is late. */
  expire(now: number): readonly FunctionCall[] {
    const late: FunctionCall[] = [];
    this.calls.forEach((call, index) => {
      if (call === undefined || now < this.sentAt + call.timeout) return;
      this.calls[index] = undefined;
      this.left -= 1;
      late.push(call);
    });
    return late;
  }

  /** Those of the calls from `start` up to `end` that still have time. */
  between(start = 0, end = this.length): readonly FunctionCall[] {
    return this.calls.slice(start, end).filter((call) => call !== undefined);
  }

  read(body: Buffer, address: string): BatchAnswer {
    const { length } = this;
    if (length === 1) return { made: 1, outcome: () => decodeReply(body, address, this.calls[0]?.parse) };
    const reply = decodeBatchReply(body, length, address);
    if (reply.type !== 'results') return { made: length, outcome: () => reply };
    const { replies } = reply;
    return { made: replies.length, outcome: (index) => replies[index] as Outcome };
  }

  /** Tells each of the calls that were made, and still have time, its outcome. */
  settle({ made, outcome }: BatchAnswer): void {
    for (let index = 0; index < made; index += 1) {
      const call = this.calls[index];
      if (call !== undefined && !call.cancelled) finish(call, outcome(index));
    }
  }
}

/**
 * The next calls for a process that can go out together, `most` of them, and no more than its share where others are free, or
 * soon will be; those nobody waits for are left out.
 */
export function takeBatch<W extends object>(
  routing: Routing<W, FunctionCall>,
  worker: W,
  most: number,
  now: number,
): CallBatch | undefined {
  const first = nextWanted(routing, worker);
  if (first === undefined) return undefined;
  const fair = Math.min(most, routing.share(worker));
  routing.next(worker);
  const calls = [first];
  let size = first.body.length;
  while (calls.length < fair && !isLoner(first)) {
    const call = nextWanted(routing, worker);
    if (call === undefined || isLoner(call) || size + call.body.length > BATCH_TEXT) break;
    routing.next(worker);
    calls.push(call);
    size += call.body.length;
  }
  return new CallBatch(calls, size, now);
}

/** Looks at the first call that somebody waits for; those before it are gone. */
function nextWanted<W extends object>(routing: Routing<W, FunctionCall>, worker: W): FunctionCall | undefined {
  let call = routing.peek(worker);
  for (; call?.cancelled === true; call = routing.peek(worker)) routing.next(worker);
  return call;
}

/**
 * A call that was out when its process died goes alone: if it is to blame, it takes no other one with it. And one whose reply
 * the user parses, who knows nothing of batches.
 */
const isLoner = ({ alone, body, parse }: FunctionCall): boolean =>
  alone === true || parse !== undefined || !isExec(body);

/** Which calls go out again when their process has died with them, and which are over. */
export function afterLoss(
  calls: readonly FunctionCall[],
  sent: boolean,
): { readonly again: readonly FunctionCall[]; readonly over: readonly FunctionCall[] } {
  const again: FunctionCall[] = [];
  const over: FunctionCall[] = [];
  for (const call of calls) {
    (call.whenLost === 'repeat' || !sent ? again : over).push(call);
    // Repeated once: a call that kills its process must not kill every one that follows.
    if (sent) call.whenLost = 'error';
  }
  return { again, over };
}

export function finish(call: FunctionCall, outcome: Outcome): void {
  if (!call.cancelled) call.done(outcome);
}
