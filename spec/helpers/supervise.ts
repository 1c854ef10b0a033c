import { defer, Subject } from 'rxjs';
import type { Life } from '../../lib/process/spawn.js';
import type { ProcessState } from '../../lib/process/state.js';
import { Supervisor, type SupervisorOptions } from '../../lib/process/supervisor.js';
import { HandClock } from './hand-clock.js';

/** A supervisor whose processes live as the spec says, on a clock that the spec moves. */
export function supervise(options: Partial<SupervisorOptions> = {}) {
  const clock = new HandClock();
  /** One per start, in order. */
  const lives: Subject<Life>[] = [];
  const signals: AbortSignal[] = [];
  const supervisor = new Supervisor({
    name: 'p',
    command: 'node main.js',
    clock,
    chance: () => 0.5,
    spawn: (signal) =>
      defer(() => {
        signals.push(signal);
        const life = new Subject<Life>();
        lives.push(life);
        return life;
      }),
    ...options,
  });
  const states: ProcessState[] = [];
  supervisor.state$.subscribe((state) => states.push(state));
  const newest = (): Subject<Life> => lives.at(-1) ?? new Subject();
  return {
    clock,
    supervisor,
    states,
    lives,
    signals,
    /** No process has this id: signals to its group go nowhere. */
    spawned: () => newest().next({ type: 'spawned', pid: 2 ** 22 + 1 }),
    says: (text: string) => newest().next({ type: 'line', stream: 'stderr', text }),
    exits: (code: number | null = 1, signal: string | null = null) => {
      newest().next({ type: 'exited', code, signal });
      newest().complete();
    },
    phases: () => states.map(({ phase }) => phase),
  };
}
