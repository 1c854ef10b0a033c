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
  /** What the frame carries, before it became one. */
  readonly size: number;
  /** Calls are taken out of it when their time is up. */
  private readonly calls: (FunctionCall | undefined)[];
  private left: number;

  constructor(
    calls: readonly FunctionCall[],
    readonly sentAt: number,
  ) {
    this.calls = [...calls];
    this.left = calls.length;
    this.size = calls.reduce((sum, { body }) => sum + body.length, 0);
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
    const bodies = this.calls.flatMap((call) => call?.body ?? []);
    const [first = ''] = bodies;
    return bodies.length === 1 ? first : encodeExecBatch(bodies);
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
    if (length === 1) return { made: 1, outcome: () => decodeReply(body, address) };
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

/** The next calls for a process that can go out together, `most` of them; those nobody waits for are left out. */
export function takeCalls<W extends object>(
  routing: Routing<W, FunctionCall>,
  worker: W,
  most: number,
): readonly FunctionCall[] {
  const taken: FunctionCall[] = [];
  let size = 0;
  for (let call = routing.peek(worker); call !== undefined && taken.length < most; call = routing.peek(worker)) {
    size += call.body.length;
    if (taken.length > 0 && (isLoner(call) || size > BATCH_TEXT) && !call.cancelled) break;
    routing.next(worker);
    if (call.cancelled) size -= call.body.length;
    else if (taken.push(call) === 1 && isLoner(call)) break;
  }
  return taken;
}

/** A call that was out when its process died goes alone: if it is to blame, it takes no other one with it. */
const isLoner = ({ alone, body }: FunctionCall): boolean => alone === true || !isExec(body);

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
