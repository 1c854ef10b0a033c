import type { Owner } from './owner.js';

/**
 * How many values at most a sink has sent and its plugin may not have taken. A process that dies when it has read all closes
 * the connection as one that has worked all off does: only the answer to STOP tells one from the other.
 */
export class Unconfirmed {
  private held = 0;

  constructor(
    private readonly owner: Pick<Owner, 'report'>,
    private readonly symbol: string,
  ) {}

  /** All is with the plugin, which has closed after we had hung up. */
  hold(count: number): void {
    this.held = count;
  }

  tell(count: number): void {
    if (count > 0) this.owner.report({ type: 'unconfirmed', symbol: this.symbol, count });
  }

  /** STOP is sent, and perhaps answered: what was held is then taken, or told. */
  async until(answered: Promise<boolean>): Promise<void> {
    const taken = await answered;
    const { held } = this;
    this.held = 0;
    if (!taken) this.tell(held);
  }
}
