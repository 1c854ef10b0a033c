import { BehaviorSubject, Subject } from 'rxjs';
import { type Clock, dateOf } from '../clock.js';
import type { RxportError } from '../errors.js';
import type { Logger } from '../log.js';
import { Stage, type StageKind, Weights } from '../stage.js';
import type { Attendance, Owner, Place, Stoppable, SymbolEvent, SymbolNews } from '../symbol/owner.js';
import type { Meta } from '../wire/control.js';

/** Where a symbol stands. `waiting`: its plugin, or its own connection, is gone and expected back. */
export type SymbolState =
  | { readonly phase: 'starting' | 'running' | 'waiting' | 'ended'; readonly since: number }
  | { readonly phase: 'failed'; readonly since: number; readonly error: RxportError };

/** Events that are kept. */
const KEPT = 10;

/** The owner of one symbol, in the place of a rule. */
export class SymbolOwner implements Owner {
  readonly stopping = false;
  readonly cutOff = 'unsubscribed';
  readonly ruleId: string;
  readonly instanceId: number;
  /** Hot, replays the newest. */
  readonly state$: BehaviorSubject<SymbolState>;
  /** Hot: what went wrong without ending it. */
  readonly events$ = new Subject<SymbolEvent>();
  /** Hot: something was counted. */
  readonly counted$ = new Subject<void>();
  /** The newest events. */
  readonly events: SymbolEvent[] = [];
  counts = new Stage('source', '');
  /** Of a source that runs. */
  source: Stoppable | undefined;
  private readonly work = new Set<Promise<unknown>>();

  constructor(
    private readonly meta: Meta,
    private readonly parts: { readonly clock: Clock; readonly log: Logger; readonly what: string },
  ) {
    this.ruleId = meta.ruleId;
    this.instanceId = meta.instanceId;
    this.state$ = new BehaviorSubject<SymbolState>({ phase: 'starting', since: dateOf(parts.clock) });
  }

  get state(): SymbolState {
    return this.state$.value;
  }

  opId(): string {
    return this.meta.opId;
  }

  callContext(): string {
    return JSON.stringify({ ...this.meta, funcId: 0 });
  }

  stage(kind: StageKind, name: string, depth?: () => number): Stage {
    const gauge = { set: () => this.counted$.next() };
    this.counts = new Stage(kind, name, depth, { gauge });
    return this.counts;
  }

  attend(): Attendance {
    return {
      present: () => this.enter('running'),
      absent: () => this.enter('waiting'),
      leave: () => undefined,
    };
  }

  report(news: SymbolNews): SymbolEvent {
    const { clock, log, what } = this.parts;
    const event = { ...news, at: dateOf(clock) };
    this.events.push(event);
    if (this.events.length > KEPT) this.events.shift();
    if (event.type === 'error') log.warn({ code: event.error.code }, event.error.message);
    else if (event.type === 'restarted') log.warn({}, `${what} had ended: started again (${event.attempt})`);
    this.events$.next(event);
    this.counted$.next();
    return event;
  }

  running(source: Stoppable): Place {
    this.source = source;
    return { weight: 1, weights: new Weights(), size: () => undefined, left: () => undefined };
  }

  track(work: Promise<unknown>): void {
    this.work.add(work);
    void work.finally(() => this.work.delete(work));
  }

  fail(error: RxportError): void {
    if (this.state.phase === 'failed') return;
    this.parts.log.error({ code: error.code }, error.message);
    this.state$.next({ phase: 'failed', since: dateOf(this.parts.clock), error });
  }

  /** It has ended by itself. */
  ended(): void {
    this.enter('ended');
  }

  /** Resolves when what it has begun is over. */
  async settled(): Promise<void> {
    await Promise.all(this.work);
  }

  private enter(phase: 'running' | 'waiting' | 'ended'): void {
    const { phase: before } = this.state;
    if (before === phase || before === 'failed' || before === 'ended') return;
    this.state$.next({ phase, since: dateOf(this.parts.clock) });
  }
}
