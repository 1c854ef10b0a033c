/** Counts what crosses the borders of the stages of a rule, from outside: its ledger has to say the same. */
import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { Ledger, LedgerStage } from '../../lib/index.js';
import { linesOf } from './lines.js';
import type { Counted } from './parts.js';

type Border = 'received' | 'passed';

export class Crossings {
  /** By border and by kind and name of the stage. */
  private readonly counts: Readonly<Record<Border, Map<string, number>>> = { received: new Map(), passed: new Map() };
  /** Those of all its sinks, which are of one symbol. */
  private readonly files: string[] = [];
  private sink = '';
  private acked = false;
  /** Numbers that have not come from the source, and that no process has begun anew with. */
  readonly gaps: string[] = [];

  into<T>(stage: string, weight?: (value: T) => number): MonoTypeOperatorFunction<T> {
    return this.count('received', stage, weight);
  }

  outOf<T>(stage: string, weight?: (value: T) => number): MonoTypeOperatorFunction<T> {
    return this.count('passed', stage, weight);
  }

  /** What comes of a source that counts from 0 in each of its lives, two of which an update may mix. */
  numbers(): MonoTypeOperatorFunction<Counted> {
    const due = new Set<number>();
    return tap(({ i }) => {
      if (!due.delete(i) && i !== 0) this.gaps.push(`${i}, and due was ${[...due].join(', ')}`);
      due.add(i + 1);
    });
  }

  /** `acks` may fail what was written all the same: nothing is said of the files of that rule then. */
  file(sink: string, path: string, acks: boolean): void {
    this.sink = sink;
    if (acks) this.acked = true;
    this.files.push(path);
  }

  /** Where the ledger says something else, also while the rule runs. */
  differences({ stages }: Ledger): readonly string[] {
    return (['received', 'passed'] as const).flatMap((border) =>
      [...this.counts[border]]
        .map(([stage, seen]) => ({ stage, seen, counted: sum(stages, stage, border) }))
        .filter(({ seen, counted }) => seen !== counted)
        .map(({ stage, seen, counted }) => `${stage}: ${border} ${counted}, and ${seen} seen`),
    );
  }

  /** Where the sinks have written something else than they have passed. */
  unwritten({ stages }: Ledger): readonly string[] {
    if (this.acked) return [];
    const lines = this.files.reduce((total, path) => total + linesOf(path).length, 0);
    const passed = sum(stages, this.sink, 'passed');
    return lines === passed ? [] : [`${this.sink}: ${passed} passed, and ${lines} written`];
  }

  private count<T>(border: Border, stage: string, weight: (value: T) => number = () => 1): MonoTypeOperatorFunction<T> {
    const counts = this.counts[border];
    if (!counts.has(stage)) counts.set(stage, 0);
    return tap((value) => void counts.set(stage, (counts.get(stage) ?? 0) + weight(value)));
  }
}

const sum = (stages: Readonly<Record<string, LedgerStage>>, stage: string, border: Border): number =>
  Object.values(stages)
    .filter(({ kind, name }) => `${kind} ${name}` === stage)
    .reduce((total, counts) => total + counts[border], 0);
