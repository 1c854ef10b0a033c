import { currentScope, Stage } from '../lib/stage.js';

/** Counts the values that a windowing operator takes, holds and hands on, in the rule it is subscribed in, if any. */
export class WindowStage {
  private held = 0;
  private readonly stage: Stage;

  constructor(operator: string) {
    const depth = (): number => this.held;
    this.stage = currentScope()?.stage('window', operator, depth) ?? new Stage('window', operator, depth);
  }

  receive(): void {
    this.stage.received += 1;
    this.held += 1;
  }

  pass(count: number): void {
    this.held -= count;
    this.stage.passed += count;
  }

  drop(reason: string): void {
    this.held -= 1;
    this.stage.drop(reason);
  }

  /** The stream has ended: all that is still held is dropped. */
  abandon(reason: string): void {
    if (this.held > 0) this.stage.drop(reason, this.held);
    this.held = 0;
    this.stage.end();
  }
}
