import type { Observable } from 'rxjs';

/** What a windowing operator asks of time. */
export interface Timeline<T> {
  /** All before it is over. Never goes back. */
  readonly mark: number;
  /** The time of `value`; moves the mark along. */
  timeOf(value: T): number;
  /** Brings the mark up to date, where time passes without values. */
  update(): void;
  /** The first of the open windows ends at `end`. */
  expect(end: number): void;
  /** Emits when the mark has moved without a value. */
  readonly moves: Observable<unknown>;
}
