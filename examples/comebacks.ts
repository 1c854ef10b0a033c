import { pairwise } from 'rxjs';
import type { Plugin } from 'rxport';

/** Says when a plugin that has died is back, and how long that took. */
export function sayComebacks(plugins: readonly Plugin[], say: (line: string) => void): void {
  for (const { name, state$ } of plugins) {
    let died: number | undefined;
    state$.pipe(pairwise()).subscribe(([before, now]) => {
      if (before.phase === 'ready' && now.phase === 'backoff') died = performance.now();
      if (now.phase !== 'ready' || died === undefined) return;
      say(`plugin ${name} is back after ${(performance.now() - died).toFixed(0)} ms, and so is what ran in it`);
      died = undefined;
    });
  }
}
