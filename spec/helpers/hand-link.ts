/** A plugin whose processes live, and say on its real control channel, what the spec makes them. */
import { afterEach } from '@jest/globals';
import { defer, type Observable, Subject } from 'rxjs';
import { PluginLink } from '../../lib/control/plugin-link.js';
import type { ReplicaOptions } from '../../lib/control/replica.js';
import type { InstalledPlugin } from '../../lib/install/install.js';
import type { Life } from '../../lib/process/spawn.js';
import { DEFAULT_POLICY, type RestartPolicy } from '../../lib/process/state.js';
import { controlPath } from '../../lib/wire/address.js';
import { HandClock } from './hand-clock.js';
import { silent } from './host.js';
import { Requester } from './requester.js';
import { tempFolder } from './unique.js';
import { until } from './until.js';

/** No process has this id: signals to its group go nowhere. */
const NOBODY = 2 ** 22 + 1;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export interface HandOptions {
  readonly policy?: RestartPolicy;
  /** How many processes it has. */
  readonly replicas?: number;
}

/** Every process of it has the id `pid`. */
export async function handLink(language: 'go' | 'node' = 'node', pid = NOBODY, options: HandOptions = {}) {
  const { policy = DEFAULT_POLICY, replicas = 1 } = options;
  const clock = new HandClock();
  const ipcDir = tempFolder();
  /** One per start, in order. */
  const lives: Subject<Life>[] = [];
  /** The codes of what was logged as an error. */
  const errors: unknown[] = [];
  const warnings: unknown[] = [];
  const version = (name: string): ReplicaOptions => {
    const symbols = { sources: ['s'], sinks: ['k'], functions: ['f'] };
    const manifest = { version: name, language, executable: 'x', ...symbols };
    const plugin: InstalledPlugin = { name: 'p', dir: `/p@${name}`, home: '/p', executable: '/p/x', manifest };
    const spawn = (): Observable<Life> =>
      defer(() => {
        const life = new Subject<Life>();
        lives.push(life);
        queueMicrotask(() => life.next({ type: 'spawned', pid }));
        return life;
      });
    const into = (codes: unknown[]) => (fields: object) => void codes.push('code' in fields ? fields.code : undefined);
    const log = { ...silent, error: into(errors), warn: into(warnings) };
    const settings = { dir: ipcDir, replicas: { p: replicas } };
    return { plugin, spawn, command: 'x', clock, log, settings, policy };
  };
  const link = new PluginLink({ ...version('v1'), ipcDir });
  const exits = (index: number): void => {
    lives[index]?.next({ type: 'exited', code: 0, signal: null });
    lives[index]?.complete();
  };
  /** The next process has been started: it shakes hands. */
  const shakes = async (count: number): Promise<Requester> => {
    await until(() => lives.length === count, `process ${count}`);
    return Requester.dial(controlPath(ipcDir, 'p'), 'handshake');
  };
  await link.open();
  closers.push(async () => {
    const closed = link.close();
    await new Promise(setImmediate);
    for (const index of lives.keys()) exits(index);
    await closed;
  });
  return { clock, lives, errors, warnings, link, version, exits, shakes };
}
