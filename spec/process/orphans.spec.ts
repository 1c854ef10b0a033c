import { describe, expect, it } from '@jest/globals';
import { orphansOf, type Machine, type Seen } from '../../lib/process/orphans.js';
import type { SpawnRecord } from '../../lib/process/spawn-record.js';

const record: SpawnRecord = {
  name: 'p',
  pid: 100,
  bootId: 'boot',
  startTime: '9000',
  executable: '/plugins/p/main.sh',
  token: 'token',
};
const machine = (processes: readonly Seen[], others: Partial<Machine> = {}): Machine => ({
  bootId: 'boot',
  pid: 1,
  uid: 1000,
  processes,
  isClear: true,
  ...others,
});

/** Somebody else's, younger than the record, in a group of its own. */
const stranger: Seen = {
  pid: 200,
  pgrp: 200,
  startTime: '10000',
  uid: 1000,
  token: undefined,
  command: ['/bin/sleep', 'sleep', '60'],
};
const leader: Seen = {
  ...stranger,
  pid: 100,
  pgrp: 100,
  startTime: '9000',
  command: ['/bin/sh', '/bin/sh', '/plugins/p/main.sh', '{}'],
};
const member: Seen = { ...stranger, pgrp: 100 };
const carrier: Seen = { ...stranger, token: 'token' };

describe('a process comes from a recorded spawn', () => {
  it.each<[string, Seen, readonly Seen[]]>([
    ['as one that carries the token', carrier, []],
    ['as one with the token, in the group', { ...carrier, pgrp: 100 }, []],
    ['as one with the token that is as old as the record', { ...carrier, startTime: '9000' }, []],
    ['as the leader, whatever its environment shows', leader, []],
    [
      'as the leader under another program',
      { ...leader, command: ['/x/python3.11', 'python3', ...leader.command] },
      [],
    ],
    ['as the leader that is its own program', { ...leader, command: ['/plugins/p/main.sh', 'renamed'] }, []],
    ['as one in the group of the leader', member, [leader]],
    ['as one in a group with somebody who carries the token', member, [{ ...carrier, pid: 300, pgrp: 100 }]],
  ])('%s', (_, seen, others) => {
    expect(orphansOf(record, machine([seen, ...others]))).toEqual([seen, ...others]);
  });
});

describe('a process is somebody else’s', () => {
  it.each<[string, Seen, readonly Seen[]]>([
    ['when nothing connects it with the record', stranger, []],
    ['when it has the recorded id, and another start time', { ...leader, startTime: '9001' }, []],
    ['when it has the recorded id and start time, and another program', { ...leader, command: stranger.command }, []],
    ['when only its program is the recorded one', { ...leader, pid: 101, pgrp: 101 }, []],
    ['when it carries the token of another spawn', { ...carrier, token: 'another' }, []],
    ['when it is older than the record, with the token', { ...carrier, startTime: '8999' }, []],
    ['when it is older, by a number that sorts behind as text', { ...carrier, startTime: '950' }, []],
    ['when it is in the group, and nobody proves that the recorded one', member, []],
    ['when the id of the group was given away again', member, [{ ...leader, startTime: '9500' }]],
    ['when the one with the token is in another group', member, [carrier]],
    ['when it belongs to another user', { ...carrier, uid: 1001 }, []],
    ['when it is the host that asks', { ...carrier, pid: 1 }, []],
  ])('%s', (_, seen, others) => {
    expect(orphansOf(record, machine([seen, ...others]))).not.toContain(seen);
  });

  it('when the machine was booted again since', () => {
    expect(orphansOf(record, machine([leader, carrier], { bootId: 'another' }))).toEqual([]);
  });
});
