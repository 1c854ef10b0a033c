import type { Attendance } from '../symbol/owner.js';

/** Who of a rule's symbols is running. `changed` hears which are missing, each time that changes. */
export class Roll {
  private readonly missing = new Map<object, string>();
  private closed = false;

  constructor(private readonly changed: (missing: readonly string[]) => void) {}

  attend(label: string): Attendance {
    const key = {};
    this.missing.set(key, label);
    return {
      present: () => this.update(() => this.missing.delete(key)),
      absent: () => this.update(() => !this.missing.has(key) && this.missing.set(key, label) !== undefined),
      leave: () => this.update(() => this.missing.delete(key)),
    };
  }

  /** Tells who is missing now. */
  call(): void {
    if (!this.closed) this.changed([...this.missing.values()]);
  }

  /** Nothing is told any longer. */
  close(): void {
    this.closed = true;
  }

  private update(change: () => boolean): void {
    if (change()) this.call();
  }
}
