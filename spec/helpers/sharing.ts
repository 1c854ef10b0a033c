/** Rules over what they share, in a host of their own for each spec; no plugin. */
import { beforeEach } from '@jest/globals';
import { type Observable, tap } from 'rxjs';
import type {
  Host,
  LedgerStage,
  Rule,
  RuleBody,
  RuleOptions,
  ShareBody,
  Shared,
  ShareOptions,
} from '../../lib/index.js';
import { mapAsync } from '../../operators/index.js';
import { startHost } from './host.js';
import { unique } from './unique.js';

const QUICK: RuleOptions = { restart: { delay: 10, maxDelay: 10, attempts: Infinity } };

export interface Sharing {
  readonly host: Host;
  rule(body: RuleBody, options?: RuleOptions): Rule;
  share<T>(body: ShareBody<T>, options?: ShareOptions): Shared<T>;
  /** A rule that keeps what it takes. */
  keeper<T>(shared: Observable<T>, options?: RuleOptions): { readonly rule: Rule; readonly seen: T[] };
  /** A rule that works on one value at a time, of which ten wait at most, until the spec lets it go on. */
  worker(shared: Observable<number>, high?: number): Worker;
}

export interface Worker {
  readonly rule: Rule;
  readonly seen: readonly number[];
  /** Works off what is there, and what comes of it. */
  catchUp(): Promise<void>;
}

/** Call it at the top of a file, and use what it returns inside `it`. */
export function sharing(): Sharing {
  let host: Host | undefined;
  beforeEach(async () => {
    host = await startHost({ flushTimeout: 300 });
  });
  const running = (): Host => {
    if (host === undefined) throw new Error('use it inside a spec');
    return host;
  };
  const rule: Sharing['rule'] = (body, options = QUICK) => running().rule(unique('r'), body, options);
  return {
    get host() {
      return running();
    },
    rule,
    share: (body, options) => running().share(unique('s'), body, options),
    keeper<T>(shared: Observable<T>, options?: RuleOptions) {
      const seen: T[] = [];
      return { rule: rule(() => shared.pipe(tap((value) => seen.push(value))), options), seen };
    },
    worker: (shared, high) => workerOf(rule, shared, high),
  };
}

function workerOf(rule: Sharing['rule'], shared: Observable<number>, high: number | undefined): Worker {
  const next: (() => void)[] = [];
  const seen: number[] = [];
  const work = (value: number): Promise<void> => {
    seen.push(value);
    return new Promise((resolve) => next.push(resolve));
  };
  const options = { concurrency: 1, size: 10, ...(high !== undefined && { high }) };
  return {
    rule: rule(() => shared.pipe(mapAsync(work, options))),
    seen,
    async catchUp() {
      for (let idle = 0; idle < 5; idle += 1) {
        if (next.length > 0) idle = 0;
        for (const go of next.splice(0)) go();
        await new Promise(setImmediate);
      }
    },
  };
}

/** How a rule counts what it takes from a share. */
export const shareOf = (rule: Rule, shared: Shared<unknown>): LedgerStage | undefined =>
  rule.ledger().stages[`share ${shared.name}`];
