import { describe, expect, it } from '@jest/globals';
import { supervise } from '../helpers/supervise.js';

describe('the stop of a supervisor', () => {
  it('is nothing while nothing runs', async () => {
    const { supervisor, phases } = supervise();
    await supervisor.stop();
    expect(phases()).toEqual(['stopped']);
  });

  it('ends a back-off, and nothing is started any more', async () => {
    const { supervisor, clock, lives, exits, phases } = supervise();
    supervisor.start();
    exits();
    await supervisor.stop();
    clock.advance(1_000_000);
    expect(lives).toHaveLength(1);
    expect(phases()).toEqual(['stopped', 'starting', 'backoff', 'stopped']);
  });

  it('is the end of having failed', async () => {
    const { supervisor, clock, exits } = supervise();
    supervisor.start();
    for (let i = 0; i < 10; i += 1) {
      exits();
      clock.advance(30_000);
    }
    expect(supervisor.state.phase).toBe('failed');
    await supervisor.stop();
    expect(supervisor.state.phase).toBe('stopped');
  });

  it.each([
    ['before the process has an id', false, false],
    ['before its handshake', true, false],
    ['while it is ready', true, true],
  ])('waits for the exit, which is no crash then: %s', async (_, hasPid, hasShaken) => {
    const { supervisor, clock, lives, spawned, exits, phases } = supervise();
    supervisor.start();
    if (hasPid) spawned();
    if (hasShaken) supervisor.handshake();
    const stopped = supervisor.stop();
    expect(supervisor.state.phase).toBe('stopping');
    if (!hasPid) spawned();
    supervisor.handshake();
    exits(null, 'SIGTERM');
    await stopped;
    expect(phases().slice(-2)).toEqual(['stopping', 'stopped']);
    clock.advance(1_000_000);
    expect(lives).toHaveLength(1);
  });

  it('gives up what is made before there is a process', async () => {
    const { supervisor, phases, signals, lives } = supervise();
    supervisor.start();
    expect(signals[0]?.aborted).toBe(false);
    const stopped = supervisor.stop();
    expect(signals[0]?.aborted).toBe(true);
    lives[0]?.next({ type: 'unspawned', cause: new Error('given up') });
    lives[0]?.complete();
    await stopped;
    supervisor.start();
    expect(signals[1]?.aborted).toBe(false);
    expect(phases()).toEqual(['stopped', 'starting', 'stopping', 'stopped', 'starting']);
  });

  it('may be asked for twice', async () => {
    const { supervisor, spawned, exits } = supervise();
    supervisor.start();
    spawned();
    const both = Promise.all([supervisor.stop(), supervisor.stop()]);
    exits(0);
    await both;
    expect(supervisor.state.phase).toBe('stopped');
  });
});
