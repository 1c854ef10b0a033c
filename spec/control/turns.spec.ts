import { describe, expect, it } from '@jest/globals';
import { pluginStopped } from '../../lib/errors.js';
import { mayFollow, mayLead, nextToStart, replicasOf } from '../../lib/control/turns.js';
import type { InstalledPlugin } from '../../lib/install/installed-plugin.js';
import type { ProcessState } from '../../lib/process/state.js';
import { versionOf } from '../helpers/fake-runner.js';

const error = pluginStopped('p');
const exit = { code: 0, signal: null, output: [] };
const states = {
  stopped: { phase: 'stopped' },
  starting: { phase: 'starting', attempt: 0, crashes: [] },
  ready: { phase: 'ready', pid: 1, since: 0, attempt: 0, crashes: [] },
  due: { phase: 'backoff', attempt: 1, until: 1_100, error, exit, crashes: [] },
  waiting: { phase: 'backoff', attempt: 1, until: 1_101, error, exit, crashes: [] },
  failed: { phase: 'failed', error, exit },
  stopping: { phase: 'stopping' },
} as const satisfies Record<string, ProcessState>;
type Name = keyof typeof states;
const NOW = 100;
const named = (names: readonly Name[]): readonly ProcessState[] => names.map((name) => states[name]);

describe('the turns of the processes of one plugin', () => {
  it.each<[string, Name, readonly Name[], number | undefined]>([
    ['the first replica follows the first process', 'ready', ['stopped', 'stopped'], 0],
    ['the second one follows the first one', 'ready', ['ready', 'stopped'], 1],
    ['none comes beside another', 'ready', ['starting', 'stopped'], undefined],
    ['none comes before the first process', 'starting', ['stopped'], undefined],
    ['none comes while the first process does not', 'waiting', ['stopped'], undefined],
    ['none comes to a plugin that has failed', 'failed', ['stopped'], undefined],
    ['one that has died comes by itself', 'ready', ['due', 'waiting', 'failed'], undefined],
    ['one that does not come keeps nobody else', 'ready', ['failed', 'waiting', 'stopped'], 2],
  ])('%s', (_, first, replicas, expected) => {
    expect(nextToStart(states[first], named(replicas))).toBe(expected);
  });

  it.each<[string, Name, readonly Name[], boolean]>([
    ['comes again when nobody else does', 'ready', ['ready', 'waiting'], true],
    ['waits for the first process', 'starting', [], false],
    ['lets the first process go ahead that is due soon', 'due', [], false],
    ['does not wait for one that is due later', 'waiting', [], true],
    ['waits for another replica', 'ready', ['ready', 'starting'], false],
    ['comes again where the first process has failed', 'failed', [], true],
  ])('a replica that has died %s', (_, first, others, expected) => {
    expect(mayFollow(states[first], named(others), NOW)).toBe(expected);
  });

  it.each<[string, readonly Name[], boolean]>([
    ['comes again beside replicas that are there, or gone', ['ready', 'due', 'stopped', 'failed', 'stopping'], true],
    ['waits for a replica that is coming', ['ready', 'starting'], false],
  ])('a first process that has died %s', (_, replicas, expected) => {
    expect(mayLead(named(replicas))).toBe(expected);
  });
});

describe('the number of further processes', () => {
  const plugin = (name: string, replicas?: number): InstalledPlugin => {
    const installed = versionOf('v1');
    return { ...installed, name, manifest: { ...installed.manifest, ...(replicas !== undefined && { replicas }) } };
  };

  it.each<[string, InstalledPlugin, Readonly<Record<string, number>> | undefined, readonly number[], number]>([
    ['is none by itself', plugin('p'), undefined, [], 0],
    ['is what the manifest says, with the first one', plugin('p', 3), undefined, [], 2],
    ['is what the host says instead', plugin('p', 3), { p: 2 }, [], 1],
    ['is what the rule that wishes most says', plugin('p', 3), { p: 2 }, [1, 5, 4], 4],
    ['is no less than the host says', plugin('p'), { p: 2 }, [1], 1],
    ['is that of the plugin, whatever that is called', plugin('constructor', 2), { p: 3 }, [], 1],
  ])('%s', (_, installed, replicas, wishes, count) => {
    expect(replicasOf(installed, { replicas }, wishes)).toBe(count);
  });
});
