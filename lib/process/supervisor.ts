import { firstValueFrom, type Observable, Subscription } from 'rxjs';
import { filter, skipWhile } from 'rxjs/operators';
import { after, type Clock, dateOf, deadline, settlesWithin } from '../clock.js';
import {
  pluginExited,
  pluginHandshake,
  pluginKilled,
  pluginSpawn,
  pluginStopped,
  type RxportError,
} from '../errors.js';
import { signalGroup } from './group.js';
import { Tail } from './output.js';
import type { Life } from './spawn.js';
import {
  DEFAULT_POLICY,
  next,
  type ProcessEvent,
  type ProcessExit,
  type ProcessState,
  type RestartPolicy,
} from './state.js';
import { States } from './states.js';

export interface SupervisorOptions {
  readonly name: string;
  /**
   * Subscribed once per attempt. What it makes before there is a process is given up when `quit` aborts; it then ends with
   * `unspawned`.
   */
  readonly spawn: (quit: AbortSignal) => Observable<Life>;
  /** The command as a person would type it, for errors. */
  readonly command: string;
  readonly clock: Clock;
  /** Milliseconds from the spawn to the first frame on the control channel; default 60,000. */
  readonly handshakeTimeout?: number | undefined;
  /** Milliseconds between SIGTERM and SIGKILL; default 2,000. */
  readonly grace?: number | undefined;
  readonly policy?: RestartPolicy;
  /** In [0, 1); default `Math.random`. */
  readonly chance?: () => number;
  /** Asked before each retry: false puts it off for a moment. */
  readonly mayRetry?: () => boolean;
  /** A process is there, and its handshake awaited: who has dialled before is somebody else. */
  readonly expects?: (() => void) | undefined;
  /** What went wrong on the control channel while a handshake was awaited. */
  readonly trouble?: () => RxportError | undefined;
  readonly line?: (stream: 'stdout' | 'stderr', text: string) => void;
}

type End = Extract<Life, { type: 'exited' | 'unspawned' }>;

/** Milliseconds from the spawn to the first frame. */
export const HANDSHAKE_TIMEOUT = 60_000;

/** Milliseconds by which a retry is put off. */
const RETRY_STEP = 20;

/** Milliseconds from SIGKILL to the end of a process. */
const KILL_TIMEOUT = 10_000;

/** Keeps one plugin process alive: feeds events into `next` and acts on the state that comes out. */
export class Supervisor {
  private readonly states = new States();
  /** Hot, replays the newest. */
  readonly state$: Observable<ProcessState> = this.states.state$;
  private tail = new Tail();
  private life: Subscription = Subscription.EMPTY;
  private timer: Subscription = Subscription.EMPTY;
  /** Runs from SIGKILL on. */
  private killing: Subscription = Subscription.EMPTY;
  /** Aborted to give up what has to be made before the process. */
  private quit = new AbortController();
  private pid: number | undefined;
  /** How the process ended; the rest of its group may still be ending. */
  private end: End | undefined;
  /** When it shook hands, on the clock that nobody sets. */
  private readyAt: number | undefined;
  private lateHandshake = false;
  /** To be killed, also when it has no pid yet. */
  private doomed = false;
  /** Why it was killed. */
  private reason: RxportError | undefined;

  constructor(private readonly options: SupervisorOptions) {}

  get state(): ProcessState {
    return this.states.value;
  }

  start(): void {
    this.feed({ type: 'start' });
  }

  /** The control channel has heard from the process. */
  handshake(): void {
    if (this.pid === undefined) return;
    if (this.state.phase === 'starting') this.readyAt = this.options.clock.now();
    this.feed({ type: 'handshake', pid: this.pid, at: dateOf(this.options.clock) });
  }

  /**
   * Kills a process that no longer does its part, for `reason`; what follows is a crash like any other, also when it does
   * not end within 10 s.
   */
  kill(reason?: RxportError): void {
    this.doomed = true;
    this.reason ??= reason;
    if (this.pid !== undefined) this.slay(this.pid);
  }

  /** SIGTERM, after `grace` SIGKILL, both to the whole group; resolves when that is gone. */
  async stop(): Promise<void> {
    this.feed({ type: 'stop' });
    if (this.state.phase !== 'stopping') return;
    this.quit.abort(pluginStopped(this.options.name));
    const stopped = firstValueFrom(
      this.state$.pipe(
        // What was before may still be being told.
        skipWhile(({ phase }) => phase !== 'stopping'),
        filter(({ phase }) => phase === 'stopped'),
      ),
    );
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGTERM');
    const { clock, grace = 2_000 } = this.options;
    if (await settlesWithin(clock, grace, stopped)) return;
    this.kill();
    if (await settlesWithin(clock, KILL_TIMEOUT, stopped)) return;
    this.forsake();
  }

  private feed(event: ProcessEvent): void {
    const before = this.state;
    const state = next(before, event, this.options.policy ?? DEFAULT_POLICY);
    if (state === before) return;
    this.timer.unsubscribe();
    if (state.phase === 'starting') this.launch();
    if (state.phase === 'backoff') this.retryAfter(state.until - dateOf(this.options.clock));
    this.states.next(state);
  }

  private retryAfter(wait: number): void {
    this.timer = after(this.options.clock, wait, () => {
      if (this.options.mayRetry?.() === false) this.retryAfter(RETRY_STEP);
      else this.feed({ type: 'retry' });
    });
  }

  private launch(): void {
    this.quit = new AbortController();
    this.tail = new Tail();
    this.readyAt = undefined;
    this.lateHandshake = false;
    this.doomed = false;
    this.reason = undefined;
    this.end = undefined;
    const spawned = this.options.spawn(this.quit.signal);
    this.life = spawned.subscribe({ next: (event) => this.onLife(event), complete: () => this.ended() });
  }

  /** From the spawn on: what was made before has deadlines of its own. */
  private awaitHandshake(): void {
    const { clock, expects, handshakeTimeout = HANDSHAKE_TIMEOUT } = this.options;
    expects?.();
    this.timer = deadline(clock, handshakeTimeout, () => {
      this.lateHandshake = true;
      this.kill();
    });
  }

  private onLife(event: Life): void {
    switch (event.type) {
      case 'spawned':
        this.pid = event.pid;
        // What was decided before the process had a pid.
        if (this.doomed) this.slay(event.pid);
        else if (this.state.phase === 'stopping') signalGroup(event.pid, 'SIGTERM');
        else this.awaitHandshake();
        return;
      case 'line':
        if (event.stream === 'stderr') this.tail.push(event.text);
        this.options.line?.(event.stream, event.text);
        return;
      case 'exited':
      case 'unspawned':
        this.end = event;
        // After a stop the rest of its group has what is left of the grace.
        if (this.state.phase !== 'stopping') this.ended();
    }
  }

  private slay(pid: number): void {
    signalGroup(pid, 'SIGKILL');
    // Asked for again and again, it has no more time.
    if (this.killing.closed) this.killing = after(this.options.clock, KILL_TIMEOUT, () => this.forsake());
  }

  /**
   * In the kernel, where no signal reaches it (a dead disk), or of another user: it goes when it can, and nobody waits for
   * it.
   */
  private forsake(): void {
    this.end ??= { type: 'exited', code: null, signal: null };
    this.ended();
  }

  private ended(): void {
    const { end } = this;
    if (end === undefined) return;
    this.end = undefined;
    this.killing.unsubscribe();
    // What the leader left behind in its group goes with it.
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGKILL');
    this.pid = undefined;
    this.life.unsubscribe();
    const { clock } = this.options;
    const now = clock.now();
    this.feed({
      type: 'exit',
      error: this.explain(end),
      exit: exitOf(end, this.tail.read()),
      at: dateOf(clock),
      now,
      lived: now - (this.readyAt ?? now),
      chance: (this.options.chance ?? Math.random)(),
    });
  }

  private explain(event: End): RxportError {
    const { name, command, handshakeTimeout = HANDSHAKE_TIMEOUT } = this.options;
    if (event.type === 'unspawned') return pluginSpawn(name, command, event.cause);
    const facts = { name, command, code: event.code, signal: event.signal, output: this.tail.read() };
    if (this.lateHandshake) return pluginHandshake(facts, handshakeTimeout, this.options.trouble?.());
    // One that has ended before the signal came says more by how it did.
    const byItself = event.code !== null || (event.signal ?? 'SIGKILL') !== 'SIGKILL';
    if (this.reason !== undefined && !byItself) return pluginKilled(facts, this.reason);
    return pluginExited(facts, this.state.phase === 'starting');
  }
}

const exitOf = (end: End, output: readonly string[]): ProcessExit =>
  end.type === 'exited' ? { code: end.code, signal: end.signal, output } : { code: null, signal: null, output };
