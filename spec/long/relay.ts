/** A rule over three plugins, a language each: source → call → sink, for as long as one likes. */
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { map } from 'rxjs';
import type { Host, Rule } from '../../lib/index.js';
import { tempFolder, unique } from '../bench/plugins.js';
import type { Subject as Plugin } from '../helpers/subject.js';

export interface Relay {
  readonly title: string;
  readonly rule: Rule;
  /** Empties the file of its sink: a run may take days. */
  trim(): void;
  /** What became of a rule that has been stopped: where tuples are missing. */
  missing(): readonly string[];
}

/** Milliseconds between two tuples. */
const INTERVAL = 1;

/** `took` is told of each tuple how many milliseconds passed from its arrival to the answer of the function. */
export function startRelay(
  host: Host,
  [from, through, to]: readonly [Plugin, Plugin, Plugin],
  took: (ms: number) => void,
): Relay {
  const path = join(tempFolder(), 'out');
  let wrong = 0;
  const title = `${from.language} → ${through.language} → ${to.language}`;
  const rule = host.rule(unique('soak'), ({ source, call, sink }) =>
    source<{ readonly i: number }>(from.source, { config: { interval: INTERVAL } })
      .pipe(
        map(({ i }) => ({ i, at: performance.now() })),
        call(
          through.function,
          ({ i }) => through.args(i),
          ({ i, at }, answer: number) => {
            took(performance.now() - at);
            if (answer !== i) wrong += 1;
            return { i };
          },
        ),
      )
      .subscribe(sink(to.sink, { config: { path } })),
  );
  return {
    title,
    rule,
    trim() {
      if (existsSync(path)) truncateSync(path);
    },
    missing() {
      const stages = Object.values(rule.ledger().stages);
      const received = stages.find(({ kind }) => kind === 'source')?.received ?? 0;
      const passed = stages.find(({ kind }) => kind === 'sink')?.passed ?? 0;
      const dropped = stages.reduce((sum, { dropped }) => sum + Object.values(dropped).reduce((a, b) => a + b, 0), 0);
      const lost = received - passed - dropped;
      return [
        ...(lost === 0 ? [] : [`${title}: ${lost} tuples are missing: ${JSON.stringify(stages)}`]),
        ...(wrong === 0 ? [] : [`${title}: ${wrong} answers are wrong`]),
      ];
    },
  };
}
