import { describe, expect, it } from '@jest/globals';
import { pluginHung } from '../../lib/errors.js';
import type { ProcessState } from '../../lib/process/state.js';
import { ReadingClock } from '../helpers/hand-clock.js';
import { supervise } from '../helpers/supervise.js';

describe('a supervisor', () => {
  it('takes a process for ready at its handshake, and ignores a second one', () => {
    const { supervisor, spawned, phases } = supervise();
    supervisor.start();
    supervisor.handshake();
    expect(supervisor.state.phase).toBe('starting');
    spawned();
    supervisor.handshake();
    supervisor.handshake();
    expect(supervisor.state).toMatchObject({ phase: 'ready', pid: 2 ** 22 + 1, attempt: 0 });
    expect(phases()).toEqual(['stopped', 'starting', 'ready']);
  });

  it('expects it from its spawn on: what is made before may take long, and strangers may dial', () => {
    const expected: string[] = [];
    const { supervisor, spawned } = supervise({ expects: () => void expected.push(supervisor.state.phase) });
    supervisor.start();
    expect(expected).toEqual([]);
    spawned();
    expect(expected).toEqual(['starting']);
  });

  it('starts it again after 200, 400, 800 ms, and not a millisecond before', () => {
    const { supervisor, clock, lives, spawned, exits } = supervise();
    supervisor.start();
    for (const [index, wait] of [200, 400, 800].entries()) {
      spawned();
      supervisor.handshake();
      exits();
      expect(supervisor.state).toMatchObject({ phase: 'backoff', attempt: index + 1, until: clock.now() + wait });
      clock.advance(wait - 1);
      expect(lives).toHaveLength(index + 1);
      clock.advance(1);
      expect(lives).toHaveLength(index + 2);
    }
  });

  it('tells everybody of its states in their order, also when one of them brings the next about', async () => {
    const { supervisor, spawned, lives, exits } = supervise();
    supervisor.state$.subscribe(({ phase }) => phase === 'backoff' && supervisor.start());
    const stops: Promise<void>[] = [];
    supervisor.state$.subscribe((state) => {
      if (state.phase === 'starting' && state.attempt === 1) stops.push(supervisor.stop());
    });
    const seen: string[] = [];
    supervisor.state$.subscribe(({ phase }) => seen.push(phase));
    supervisor.start();
    spawned();
    supervisor.handshake();
    lives[0]?.next({ type: 'exited', code: 1, signal: null });
    expect(supervisor.state.phase).toBe('stopping');
    exits();
    await Promise.all(stops);
    expect(seen).toEqual(['stopped', 'starting', 'ready', 'backoff', 'starting', 'stopping', 'stopped']);
    expect(stops).toHaveLength(1);
  });

  it.each([
    ['it was killed for', null, 'SIGKILL', 'ERR_PLUGIN_HUNG', /is restarted.*its process was killed/],
    ['it has ended with, before it could be killed', 3, null, 'ERR_PLUGIN_EXITED', /exited with code 3\.$/],
    [
      'it has ended by, before it could be killed',
      null,
      'SIGSEGV',
      'ERR_PLUGIN_EXITED',
      /exited with signal SIGSEGV\.$/,
    ],
  ])('tells what %s', (_, code, signal, expected, text) => {
    const { supervisor, spawned, exits } = supervise();
    supervisor.start();
    spawned();
    supervisor.handshake();
    supervisor.kill(pluginHung('p', 1_000));
    exits(code, signal);
    expect(supervisor.state).toMatchObject({ error: { code: expected, message: expect.stringMatching(text) } });
  });

  it('waits no longer than 10 s for one that SIGKILL does not end, however often it is sent', () => {
    const { supervisor, clock, lives, spawned, phases } = supervise();
    supervisor.start();
    spawned();
    supervisor.handshake();
    supervisor.kill(pluginHung('p', 1_000));
    clock.advance(9_999);
    supervisor.kill(pluginHung('p', 2_000));
    expect(supervisor.state.phase).toBe('ready');
    clock.advance(1);
    const message = expect.stringMatching(/is restarted.*its process does not end by SIGKILL/);
    expect(supervisor.state).toMatchObject({ phase: 'backoff', error: { code: 'ERR_PLUGIN_HUNG', message } });
    clock.advance(200);
    // It ends late: the next one has nothing to do with that.
    lives[0]?.next({ type: 'exited', code: null, signal: 'SIGKILL' });
    lives[0]?.complete();
    expect(phases()).toEqual(['stopped', 'starting', 'ready', 'backoff', 'starting']);
  });

  it('leaves the process alone that comes after one that was killed', () => {
    const { supervisor, clock, spawned, exits } = supervise();
    supervisor.start();
    spawned();
    supervisor.handshake();
    supervisor.kill(pluginHung('p', 1_000));
    exits(null, 'SIGKILL');
    clock.advance(200);
    spawned();
    supervisor.handshake();
    clock.advance(60_000);
    expect(supervisor.state.phase).toBe('ready');
  });

  it('begins anew with its back-off after a minute of health', () => {
    const { supervisor, clock, spawned, exits } = supervise();
    supervisor.start();
    exits();
    clock.advance(200);
    spawned();
    supervisor.handshake();
    clock.advance(60_000);
    exits();
    expect(supervisor.state).toMatchObject({ phase: 'backoff', attempt: 1 });
  });

  it.each([
    ['a code', 7, null, 'exited with code 7'],
    ['code 0, which nobody has asked for', 0, null, 'exited with code 0'],
    ['a signal', null, 'SIGSEGV', 'exited with signal SIGSEGV'],
  ])('takes an exit with %s for a crash', (_, code, signal, text) => {
    const { supervisor, spawned, exits } = supervise();
    supervisor.start();
    spawned();
    supervisor.handshake();
    exits(code, signal);
    expect(supervisor.state).toMatchObject({
      phase: 'backoff',
      error: { code: 'ERR_PLUGIN_EXITED', message: expect.stringContaining(text) },
    });
  });

  it('gives up after ten crashes, and starts again when it is told to', () => {
    const { supervisor, clock, lives, exits } = supervise();
    supervisor.start();
    for (let i = 0; i < 9; i += 1) {
      exits();
      clock.advance(30_000);
    }
    exits();
    expect(supervisor.state).toMatchObject({ phase: 'failed', error: { code: 'ERR_PLUGIN_EXITED' } });
    clock.advance(1_000_000);
    expect(lives).toHaveLength(10);
    supervisor.start();
    expect(supervisor.state).toMatchObject({ phase: 'starting', attempt: 0 });
    expect(lives).toHaveLength(11);
  });

  it('tells the last lines of this process, not of the one before', () => {
    const { supervisor, clock, says, exits } = supervise();
    supervisor.start();
    says('first');
    exits();
    clock.advance(200);
    says('no licence');
    exits();
    const { error } = supervisor.state as Extract<ProcessState, { phase: 'backoff' }>;
    expect(error.message).toContain('before its handshake (node main.js). Last output: no licence.');
    expect(error.details).toMatchObject({ output: ['no licence'], beforeHandshake: true });
  });

  it('says so when nothing has shaken hands within a minute', () => {
    const { supervisor, clock, spawned, exits } = supervise();
    supervisor.start();
    spawned();
    clock.advance(59_999);
    exits();
    expect(supervisor.state).toMatchObject({ error: { code: 'ERR_PLUGIN_EXITED' } });
    clock.advance(200);
    spawned();
    clock.advance(60_000);
    exits(null, 'SIGKILL');
    expect(supervisor.state).toMatchObject({
      error: { code: 'ERR_PLUGIN_HANDSHAKE', message: expect.stringContaining('within 60000 ms') },
    });
  });

  it('counts that minute from when it has been spawned: what has to be made before may take longer', () => {
    const { supervisor, clock, spawned, exits } = supervise();
    supervisor.start();
    clock.advance(600_000);
    spawned();
    clock.advance(59_999);
    exits(null, 'SIGKILL');
    expect(supervisor.state).toMatchObject({ error: { code: 'ERR_PLUGIN_EXITED' } });
  });

  it('looks for a handshake that has come meanwhile before it says that there is none', () => {
    const clock = new ReadingClock();
    const { supervisor, spawned, exits } = supervise({ clock });
    supervisor.start();
    for (const isShaken of [true, false]) {
      spawned();
      clock.advance(60_000);
      if (isShaken) supervisor.handshake();
      clock.read();
      exits(null, 'SIGKILL');
      const code = isShaken ? 'ERR_PLUGIN_EXITED' : 'ERR_PLUGIN_HANDSHAKE';
      expect(supervisor.state).toMatchObject({ error: { code } });
      clock.advance(200);
    }
  });

  it('does not look at the time any more once hands are shaken', () => {
    const { supervisor, clock, spawned, exits } = supervise();
    supervisor.start();
    spawned();
    supervisor.handshake();
    clock.advance(1_000_000);
    exits(null, 'SIGKILL');
    expect(supervisor.state).toMatchObject({ error: { code: 'ERR_PLUGIN_EXITED' } });
  });

  it('says so when the program can not be executed', () => {
    const { supervisor, lives } = supervise();
    supervisor.start();
    lives[0]?.next({ type: 'unspawned', cause: new Error('spawn ENOENT') });
    expect(supervisor.state).toMatchObject({
      phase: 'backoff',
      error: { code: 'ERR_PLUGIN_SPAWN', message: expect.stringContaining('node main.js): spawn ENOENT') },
    });
  });

  it('hands on each line with its stream', () => {
    const lines: string[] = [];
    const { supervisor, lives, says } = supervise({ line: (stream, text) => lines.push(`${stream}: ${text}`) });
    supervisor.start();
    says('one');
    lives[0]?.next({ type: 'line', stream: 'stdout', text: 'two' });
    expect(lines).toEqual(['stderr: one', 'stdout: two']);
  });
});
