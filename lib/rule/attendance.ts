import type { Attendance } from '../symbol/owner.js';

/** Who of a rule's symbols is running. `changed` hears which are missing, each time that changes. */
export class Roll {
  private readonly missing = new Map<object, string>();
  /** Undefined before the first call. */
  private told: readonly string[] | undefined;
  private due = false;
  private closed = false;

  constructor(private readonly changed: (missing: readonly string[]) => void) {}

  attend(label: string): Attendance {
    const key = {};
    this.missing.set(key, label);
    this.tellSoon();
    return {
      present: () => {
        if (this.missing.delete(key)) this.tell();
      },
      absent: () => {
        if (this.missing.has(key)) return;
        this.missing.set(key, label);
        this.tell();
      },
      leave: () => {
        if (this.missing.delete(key)) this.tellSoon();
      },
    };
  }

  /** All that are there from the beginning have come: tells who is missing now, and from now on. */
  call(): void {
    this.told ??= [];
    this.tell(true);
  }

  /** Nothing is told any longer. */
  close(): void {
    this.closed = true;
  }

  /** In a moment: who comes may be there at once, and who leaves may have a successor, as in a `switchMap`. */
  private tellSoon(): void {
    if (this.due || this.told === undefined) return;
    this.due = true;
    queueMicrotask(() => {
      this.due = false;
      this.tell();
    });
  }

  private tell(again = false): void {
    if (this.closed || this.told === undefined) return;
    const missing = [...this.missing.values()];
    if (!again && isSame(missing, this.told)) return;
    this.told = missing;
    this.changed(missing);
  }
}

/** In whatever order they came. */
const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join() === [...b].sort().join();
