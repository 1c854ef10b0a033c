import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../lib/clock.js';
import { ByHand, UNKNOWN_PID } from '../../lib/process/by-hand.js';

function byHand() {
  const process = new ByHand({ name: 'p', clock: systemClock });
  const phases: string[] = [];
  process.state$.subscribe(({ phase }) => phases.push(phase));
  return { process, phases };
}

describe('a process that is started by hand', () => {
  it('is waited for, comes, goes, and is waited for again, as often as it likes', () => {
    const { process, phases } = byHand();
    process.start();
    process.handshake();
    expect(process.state).toMatchObject({ phase: 'ready', pid: UNKNOWN_PID });
    for (let i = 0; i < 50; i += 1) {
      process.kill();
      process.handshake();
    }
    expect(process.state.phase).toBe('ready');
    expect(phases.slice(0, 6)).toEqual(['stopped', 'starting', 'ready', 'backoff', 'starting', 'ready']);
    expect(phases).not.toContain('failed');
  });

  it('is gone only once, and is said to have left', () => {
    const { process } = byHand();
    process.start();
    process.handshake();
    const errors: unknown[] = [];
    process.state$.subscribe((state) => 'error' in state && errors.push(state.error.code));
    process.kill();
    process.kill();
    expect(errors).toEqual(['ERR_PLUGIN_EXITED']);
    expect(process.state).toMatchObject({ phase: 'starting', attempt: 1 });
  });

  it.each([false, true])('is not waited for after a stop, whether it was there: %s', async (there) => {
    const { process } = byHand();
    process.start();
    if (there) process.handshake();
    await process.stop();
    process.handshake();
    expect(process.state).toEqual({ phase: 'stopped' });
  });
});
