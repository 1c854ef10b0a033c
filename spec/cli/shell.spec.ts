import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { processShell, type ShellProcess } from '../../lib/cli/shell.js';

/** A process that is told of signals by hand. */
function started() {
  const exits: unknown[] = [];
  const stdout = Object.assign(new EventEmitter(), { write: (_: string, done: () => void) => done() });
  const outputs = { stdout, stderr: new EventEmitter() };
  const own = Object.assign(new EventEmitter(), outputs, { env: {}, exit: (code: unknown) => exits.push(code) });
  const shell = processShell(own as unknown as ShellProcess);
  const state = (): readonly boolean[] => [shell.interrupted.aborted, shell.impatience.aborted];
  const after = (...signals: readonly NodeJS.Signals[]) => {
    for (const signal of signals) own.emit(signal);
    return [...state(), ...exits];
  };
  return { after, shell, stdout };
}

describe('a command is told by signals', () => {
  it.each<[what: string, signals: readonly NodeJS.Signals[], heard: readonly unknown[]]>([
    ['nothing', [], [false, false]],
    ['to end', ['SIGINT'], [true, false]],
    ['to hurry', ['SIGINT', 'SIGTERM'], [true, true]],
    ['not to wait', ['SIGINT', 'SIGINT', 'SIGINT'], [true, true, 130]],
    ['to end, when its terminal is closed', ['SIGHUP'], [true, false]],
    ['no more by a terminal that says so again', ['SIGHUP', 'SIGHUP', 'SIGHUP'], [true, false]],
    ['no more by a terminal that is closed meanwhile', ['SIGINT', 'SIGHUP'], [true, false]],
    ['to hurry, after its terminal is closed', ['SIGHUP', 'SIGTERM'], [true, true]],
  ])('%s', (_, signals, heard) => {
    expect(started().after(...signals)).toEqual(heard);
  });
});

describe('the output of a command', () => {
  it.each([
    ['is read by nobody any more', 'EPIPE', true, undefined],
    ['is lost', 'ENOSPC', false, 'no space'],
  ])('%s', async (_, code, isUnread, lost) => {
    const { shell, stdout } = started();
    stdout.emit('error', Object.assign(new Error('no space'), { code }));
    expect(shell.isUnread()).toBe(isUnread);
    expect((await shell.written())?.message).toBe(lost);
  });
});
