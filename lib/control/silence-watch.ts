import { Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import { LOOK_STEP, newSilence, nextSilence, type Silence, type SilenceEvent, type Verdict } from './silence.js';

export type Silent = Exclude<Verdict, 'fine'>;

export interface SilenceHandler {
  /** Who is listened to has something to do, and says nothing else meanwhile. */
  busy(): boolean;
  /** Its process is stopped, as far as can be seen. */
  stopped?(): boolean;
  /** So many milliseconds without a word. */
  silent(verdict: Silent, quiet: number): void;
}

/** Listens to one connection, for as long as that lives. */
export class SilenceWatch {
  private looking = Subscription.EMPTY;
  private silence: Silence;

  constructor(
    private readonly clock: Clock,
    private readonly handler: SilenceHandler,
  ) {
    this.silence = newSilence(clock.now());
  }

  start(): void {
    this.stop();
    this.silence = newSilence(this.clock.now());
    this.looking = every(this.clock, LOOK_STEP, () => this.look());
  }

  stop(): void {
    this.looking.unsubscribe();
  }

  heard(keepalive: boolean): void {
    this.feed({ type: 'heard', keepalive, at: this.clock.now() });
  }

  private look(): void {
    const { handler, clock } = this;
    const stopped = handler.stopped?.() === true;
    this.feed({ type: 'look', busy: handler.busy(), stopped, at: clock.now() });
  }

  private feed(event: SilenceEvent): void {
    const [silence, verdict] = nextSilence(this.silence, event);
    const quiet = event.at - this.silence.heardAt;
    this.silence = silence;
    if (verdict !== 'fine') this.handler.silent(verdict, quiet);
  }
}
