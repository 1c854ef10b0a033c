/** What rules over the scripted plugin are made of. */
import { filter, firstValueFrom, type OperatorFunction } from 'rxjs';
import { join } from 'node:path';
import type { CallOptions, Rule, RuleContext, RuleStatus, Sink, SinkOptions, Source } from '../../lib/index.js';
import type { SharedHost } from './shared-host.js';
import { tempFolder } from './unique.js';

export interface Counted {
  readonly i: number;
}

/** `{i: 0}` to `{i: end - 1}`. */
export const zeroTo = (end: number): Counted[] => Array.from({ length: end }, (_, i) => ({ i }));

/** The path of a file that is not there yet. */
export const newFile = (): string => join(tempFolder(), 'out');

/** The first status of `rule` in `phase`, also one that it has already. */
export const statusOf = (rule: Rule, phase: RuleStatus['phase']): Promise<RuleStatus> =>
  firstValueFrom(rule.status$.pipe(filter((status) => status.phase === phase)));

export function partsOf({ symbol }: Pick<SharedHost, 'symbol'>) {
  return {
    /** A source that counts up to `count` and completes; without one it counts for ever. */
    counted: ({ source }: RuleContext, count?: number, config: object = {}): Source<Counted> =>
      source<Counted>(symbol('count'), {
        config: { ...(count !== undefined && { count, then: 'complete' }), ...config },
      }),
    /** A sink that appends each value to a file. */
    file: ({ sink }: RuleContext, path = newFile(), options: SinkOptions = {}): Sink<unknown> =>
      sink<unknown>(symbol('file'), { ...options, config: { path, ...options.config } }),
    /** A call that gives each value back. */
    echo: ({ call }: RuleContext, options: CallOptions<Counted> = {}): OperatorFunction<Counted, Counted> =>
      call(
        symbol('echo'),
        ({ i }: Counted) => [i],
        (value, i: number) => ({ ...value, i }),
        options,
      ),
  };
}
