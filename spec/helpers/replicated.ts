/** A host with a plugin that runs in several processes, and calls to it that never cease. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, HostOptions, Plugin } from '../../lib/index.js';
import { startHost } from './host.js';
import { processesOf } from './leftovers.js';
import { pidPlugin, type PidPlugin } from './pid-plugin.js';
import { tempFolder } from './unique.js';
import { until } from './until.js';
import type { Language } from './versions.js';

export interface Replicated extends PidPlugin {
  readonly host: Host;
  /** The data folder. */
  readonly data: string;
  readonly view: Plugin;
  /** Resolves when so many processes are ready. */
  ready(count: number): Promise<readonly number[]>;
  /** Calls of `pid`, some at a time, until the returned function is called: which processes have answered, and what failed. */
  traffic(): Traffic;
}

export interface Traffic {
  /** How many calls each process has answered. */
  readonly answers: ReadonlyMap<number, number>;
  /** Resolves when each of these has answered something from now on. */
  from(pids: readonly number[]): Promise<void>;
  /** Resolves with the codes of what has failed. */
  ends(): Promise<readonly unknown[]>;
}

/** The folder of another version of it. */
export function versionOf({ name, dir }: PidPlugin, version: string): string {
  const next = join(tempFolder(), name);
  cpSync(dir, next, { recursive: true });
  const file = join(next, `${name}.json`);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
  writeFileSync(file, JSON.stringify({ ...manifest, version }));
  return next;
}

/** The command lines of its processes, of whatever version. */
export const processesLeft = ({ data, name }: Replicated): readonly string[] =>
  processesOf(join(data, 'plugins'), [name]);

/** The ids of its processes, first that in which everything runs. */
export const pidsOf = ({ replicas }: Plugin): readonly number[] =>
  replicas.flatMap((state) => (state.phase === 'ready' ? [state.pid] : []));

export async function replicated(
  language: Language,
  count: number,
  options: Partial<HostOptions> = {},
): Promise<Replicated> {
  const plugin = pidPlugin(language);
  const data = join(tempFolder(), 'data');
  const host = await startHost({ dir: data, replicas: { [plugin.name]: count }, killTimeout: 500, ...options });
  const view = await host.plugins.install(plugin.dir);
  const ready = (wanted: number): Promise<readonly number[]> =>
    until(() => {
      const pids = pidsOf(view);
      return pids.length === wanted && pids;
    }, `${wanted} processes`);
  await ready(count);
  return { ...plugin, host, data, view, ready, traffic: () => trafficTo(host, plugin.pid) };
}

/** So many calls are out at a time. */
const WIDTH = 8;

function trafficTo(host: Host, symbol: string): Traffic {
  const answers = new Map<number, number>();
  const failures: unknown[] = [];
  const { exec } = host.function(symbol);
  let ended = false;
  const caller = async (): Promise<void> => {
    while (!ended) {
      try {
        const pid = (await exec()) as number;
        answers.set(pid, (answers.get(pid) ?? 0) + 1);
      } catch (error) {
        failures.push((error as { readonly code?: unknown }).code ?? error);
      }
      // Others have their turn.
      await new Promise(setImmediate);
    }
  };
  const callers = Array.from({ length: WIDTH }, caller);
  return {
    answers,
    from: async (pids) => {
      const before = new Map(answers);
      await until(
        () => pids.every((pid) => (answers.get(pid) ?? 0) > (before.get(pid) ?? 0)),
        `answers of ${pids.join(', ')}`,
      );
    },
    ends: async () => {
      ended = true;
      await Promise.all(callers);
      return failures;
    },
  };
}
