import type { Clock } from '../clock.js';
import { collect, workOff } from '../process/work-off.js';

/**
 * The sinks in one process of the Go SDK. One that is told to stop works off what it has read, and then spins until the
 * process ends.
 */
export class GoSinks {
  /** Sent START and no STOP: one that was refused has read nothing, and does not spin. */
  private readonly started = new Set<string>();
  private stopped = 0;
  /** When one was last told to stop. */
  private stoppedAt: number | undefined;
  /** It is not certain that each stopped one had nothing left. */
  private leftOver = false;

  constructor(private readonly clock: Clock) {}

  /** How many were started, and not stopped. */
  get running(): number {
    return this.started.size;
  }

  /** How many were stopped, and spin until the process ends. */
  get spinning(): number {
    return this.stopped;
  }

  /** START is sent. */
  starts(key: string): void {
    this.started.add(key);
  }

  /** It does not run, or is about to be stopped; false when it did not run. */
  ends(key: string): boolean {
    return this.started.delete(key);
  }

  /** Resolves when what was sent has been read; with false when that is not certain. */
  collected(pid: number, shared: () => boolean): Promise<boolean> {
    return collect(this.clock, pid, () => ({ shared: shared(), spins: this.stopped > 0 }));
  }

  /** STOP was answered. */
  stops(): void {
    this.stoppedAt = this.clock.now();
    this.stopped += 1;
  }

  /** One of them may have something left when it is stopped. */
  doubt(): void {
    this.leftOver = true;
  }

  /** Resolves when stopped ones have worked off what they had read, after some seconds at most. */
  async workedOff(pid: number): Promise<void> {
    if (this.stoppedAt !== undefined && this.leftOver) await workOff(this.clock, pid, this.stoppedAt);
  }

  /** The process is gone. */
  clear(): void {
    this.started.clear();
    this.stopped = 0;
    this.stoppedAt = undefined;
    this.leftOver = false;
  }
}
