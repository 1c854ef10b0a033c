import { AsyncLocalStorage } from 'node:async_hooks';
import type { Subscription } from 'rxjs';
import type { RxportError } from '../errors.js';
import type { Holds, Marks } from './pressure.js';
import type { Stage, StageKind } from './stage.js';

/** What an operator finds of the rule it runs in. */
export interface StageScope {
  /**
   * A stage of the rule; `depth` counts what it holds. With `marks` it adds to the rule's pressure: only for what drains
   * without further input. One that waits for another stream would wait for ever once the rule's sources are paused.
   * `holds` hears from when on, and until when, they wait for it.
   */
  stage(kind: StageKind, name: string, depth?: () => number, marks?: Marks, holds?: Holds): Stage;
  /** Ends when the rule is cut: for what no unsubscription reaches, such as a loop. What is added must not throw. */
  readonly life: Subscription;
  /** An error that no stream can carry, since the one it is of has ended: it ends the run of the rule. */
  fail(error: RxportError): void;
}

const scopes = new AsyncLocalStorage<StageScope | undefined>();

/** Runs `work` in a scope, or in none, wherever it is called from: a socket or a timer may be of another rule. */
export const withScope = <T>(scope: StageScope | undefined, work: () => T): T => scopes.run(scope, work);

/** The rule that is being built or subscribed now, if any. Ask at subscription, not when a value arrives. */
export const currentScope = (): StageScope | undefined => scopes.getStore();
