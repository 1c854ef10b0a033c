import { BATCH_TEXT, BATCH_TUPLES, encodeTuples } from '../wire/source-batch.js';

/** Puts together what a source sends within one turn of the event loop; one tuple alone stays as it is. */
export class TupleBatch {
  private tuples: string[] = [];
  private size = 0;
  private scheduled = false;

  constructor(private readonly send: (frame: string) => void) {}

  get length(): number {
    return this.tuples.length;
  }

  add(tuple: string): void {
    if (this.size + tuple.length > BATCH_TEXT) this.flush();
    this.tuples.push(tuple);
    this.size += tuple.length;
    if (this.tuples.length >= BATCH_TUPLES) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    // The same moment at which the pipe hands over what was written: one tuple is not a moment later for it.
    process.nextTick(this.turnEnded);
  }

  flush(): void {
    const { tuples } = this;
    if (tuples.length === 0) return;
    this.tuples = [];
    this.size = 0;
    this.send(encodeTuples(tuples));
  }

  private readonly turnEnded = (): void => {
    this.scheduled = false;
    this.flush();
  };
}
