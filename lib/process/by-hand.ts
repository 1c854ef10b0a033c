import type { Observable } from 'rxjs';
import { dateOf } from '../clock.js';
import { pluginLeft } from '../errors.js';
import { DEFAULT_POLICY, next, type ProcessEvent, type ProcessState, type RestartPolicy } from './state.js';
import { States } from './states.js';
import type { Supervisor, SupervisorOptions } from './supervisor.js';

/** What a plugin's process has above it. */
export type Supervision = Pick<Supervisor, 'state' | 'state$' | 'start' | 'handshake' | 'kill' | 'stop'>;

/** The state of a process says this of one that nobody here has started. Never to be signalled: 0 is all of our group. */
export const UNKNOWN_PID = 0;

/** It may come, go and come back as often as it likes. */
const POLICY: RestartPolicy = { ...DEFAULT_POLICY, maxCrashes: Infinity, crashWindow: 0 };

/** Instead of a supervisor, for a process that somebody starts by hand: waits for it, and never touches it. */
export class ByHand implements Supervision {
  private readonly states = new States();
  /** Hot, replays the newest. */
  readonly state$: Observable<ProcessState> = this.states.state$;

  constructor(private readonly options: Pick<SupervisorOptions, 'name' | 'clock' | 'expects'>) {}

  get state(): ProcessState {
    return this.states.value;
  }

  /** From now on it is waited for. */
  start(): void {
    this.feed({ type: 'start' });
  }

  handshake(): void {
    this.feed({ type: 'handshake', pid: UNKNOWN_PID, at: dateOf(this.options.clock) });
  }

  /** It is gone: the next one is waited for. */
  kill(): void {
    if (this.state.phase !== 'ready') return;
    this.exits();
    this.feed({ type: 'retry' });
  }

  /** No process is waited for any longer. */
  async stop(): Promise<void> {
    this.feed({ type: 'stop' });
    this.exits();
  }

  private exits(): void {
    const { name, clock } = this.options;
    const exit = { code: null, signal: null, output: [] };
    this.feed({
      type: 'exit',
      error: pluginLeft(name),
      exit,
      at: dateOf(clock),
      now: clock.now(),
      lived: 0,
      chance: 0,
    });
  }

  private feed(event: ProcessEvent): void {
    const state = next(this.state, event, POLICY);
    if (state === this.state) return;
    if (state.phase === 'starting') this.options.expects?.();
    this.states.next(state);
  }
}
