import type { Subscription } from 'rxjs';
import { after, type Clock, whenRead } from '../clock.js';
import { GREETING_TIMEOUT } from './limits.js';
import { GREETING_BYTES, greetingProblem, type Protocol } from './protocol.js';

/** What the peer says first, as a socket of the right kind, and in time. */
export class PeerGreeting {
  private bytes: Buffer = Buffer.alloc(0);
  private readonly deadline: Subscription;
  private over = false;

  /** `wrong`: once, with what is wrong with it. `timeout` in milliseconds; default 5,000. */
  constructor(
    private readonly protocol: Protocol,
    clock: Clock,
    private readonly wrong: (problem: string) => void,
    timeout = GREETING_TIMEOUT,
  ) {
    const late = (): void => this.fail(`the peer sent no greeting within ${timeout} ms`);
    this.deadline = after(clock, timeout, () => whenRead(clock, late));
  }

  /** What follows it in `chunk`, once it is complete and right. */
  take(chunk: Buffer): Buffer | undefined {
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
    if (this.over || this.bytes.length < GREETING_BYTES) return undefined;
    const problem = greetingProblem(this.protocol, this.bytes);
    if (problem !== undefined) {
      this.fail(problem);
      return undefined;
    }
    this.end();
    return this.bytes.subarray(GREETING_BYTES);
  }

  /** It is not waited for any longer. */
  end(): void {
    this.over = true;
    this.deadline.unsubscribe();
  }

  private fail(problem: string): void {
    if (this.over) return;
    this.end();
    this.wrong(problem);
  }
}
