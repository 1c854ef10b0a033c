import { describe, expect, it } from '@jest/globals';
import { pluginStopped } from '../../lib/errors.js';
import { hasRoom, mayFollow, mayGo, mayLead, nextToStart, replicasOf } from '../../lib/control/turns.js';
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

describe('a rolling update', () => {
  it.each<[string, readonly Name[], number, boolean]>([
    ['has room for one more at its beginning', ['stopped', 'stopped', 'stopped'], 3, true],
    ['has none beside one that comes', ['starting', 'stopped', 'stopped'], 3, false],
    ['has none while the old one is not gone whose place was taken', ['ready', 'stopped', 'stopped'], 3, false],
    ['has some when that is gone', ['ready', 'stopped', 'stopped'], 2, true],
    ['has some for one that has died', ['due', 'ready', 'ready'], 1, true],
    ['has none for one that has died while another one ends', ['due', 'stopping', 'ready'], 2, false],
    ['has some where a new one has failed', ['failed', 'stopped'], 2, true],
    ['has none before the old ones fit that are too many', ['stopped'], 2, false],
    ['has some when no old one is left', ['starting', 'stopped'], 0, true],
  ])('%s', (_, replicas, olds, expected) => {
    expect(hasRoom(named(replicas), olds)).toBe(expected);
  });

  it.each<[string, readonly number[], readonly boolean[], readonly number[]]>([
    ['lets nobody go before a new one has come', [0, 1, 2], [false, false, false], []],
    ['lets that one go whose place is taken', [0, 1, 2], [false, true, false], [1]],
    ['lets the last one go', [2], [true, true, true], [2]],
    ['keeps one whose place is taken while another one has died', [0, 2], [true, false, false], []],
    ['lets one of two go when the place of a dead one is taken, too', [0, 2], [true, true, false], [0]],
    ['lets one go for each of two that have come', [0, 1, 2], [true, true, false], [0, 1]],
    ['lets none go for a new one that has died again', [1, 2], [false, true, false], []],
    ['lets those go at once that are too many in the new version', [0, 1, 2], [false], [1, 2]],
    ['lets all go where the new version has no others', [0, 1], [], [0, 1]],
    ['keeps all while a larger crew comes', [0], [true, true, false, false], []],
    ['lets one go when a larger crew is there', [0], [true, true, true], [0]],
  ])('%s', (_, olds, come, expected) => {
    expect(mayGo(olds, come)).toEqual(expected);
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
