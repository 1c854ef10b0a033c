/** A rule over all that a plugin of `versions.ts` brings, with traffic that never stops. */
import { expect } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, HostOptions, Plugin, Rule, RuleStatus } from '../../lib/index.js';
import { startHost } from './host.js';
import { linesOf } from './lines.js';
import { newFile, statusOf } from './parts.js';
import { tempFolder, unique } from './unique.js';
import { until } from './until.js';
import type { Versions } from './versions.js';

export interface LiveRule {
  readonly host: Host;
  /** The data folder. */
  readonly dir: string;
  readonly plugin: Plugin;
  readonly rule: Rule;
  /** What came out of the function, in order. */
  readonly seen: readonly number[];
  /** The phases of the rule since traffic began. */
  readonly statuses: readonly RuleStatus['phase'][];
  /** Waits for so many more tuples. */
  flows(count?: number): Promise<void>;
  /** Stops the rule: nothing was dropped, nothing has failed, and all is in the file once. */
  ends(): Promise<void>;
}

/** A host with version v1 of a plugin, and a rule through its source, its function and its sink. */
export async function liveRule(versions: Versions, options: Partial<HostOptions> = {}): Promise<LiveRule> {
  const dir = join(tempFolder(), 'data');
  const host = await startHost({ dir, ...versions.options, ...options });
  await host.plugins.install(versions.version('v1'));
  const path = newFile();
  const seen: number[] = [];
  const statuses: RuleStatus['phase'][] = [];
  const note = ({ i }: { readonly i: number }): { readonly i: number } => {
    seen.push(i);
    return { i };
  };
  const rule = host.rule(unique('r'), ({ source, call, sink }) =>
    source<{ readonly i: number }>(versions.source, { config: { interval: 2 } })
      .pipe(call(versions.echo, ({ i }) => [String(i)], note))
      .subscribe(sink(versions.file, { config: { path } })),
  );
  const flows = async (count = 50): Promise<void> => {
    const before = seen.length;
    await until(() => seen.length > before + count, 'tuples flow');
  };
  await statusOf(rule, 'running');
  rule.status$.subscribe(({ phase }) => statuses.push(phase));
  await flows();
  const ends = async (): Promise<void> => {
    await rule.stop();
    const { stages, balanced } = rule.ledger();
    expect(balanced).toBe(true);
    for (const { dropped, failed } of Object.values(stages)) expect([dropped, failed]).toEqual([{}, {}]);
    const { received = -1 } = stages[`sink ${versions.file}`] ?? {};
    // A sink may still be writing what it has read.
    await until(() => linesOf(path).length >= received, 'the sink has written all');
    expect(linesOf(path)).toHaveLength(received);
  };
  return { host, dir, rule, seen, statuses, plugin: host.plugins.get(versions.name), flows, ends };
}

export const pidOf = ({ state }: Plugin): number => (state.phase === 'ready' ? state.pid : 0);

/** The folders of versions that a host keeps. */
export function versionFolders(dir: string): readonly string[] {
  try {
    return readdirSync(join(dir, 'plugins/.versions'));
  } catch {
    return [];
  }
}
