/** So many rules at once over one plugin, each with a source of its own. */
import { tap } from 'rxjs';
import { tsContender } from '../contenders.js';
import type { Opened } from '../harness.js';
import { startHost } from '../hosts.js';
import { measureFlow } from '../measure.js';
import { unique } from '../plugins.js';

/** `interval` is the distance between two tuples of a rule in milliseconds; 0 is a flood. */
export async function manyRules(rules: number, bytes: number, interval: number): Promise<Opened> {
  const plugin = tsContender.copy();
  const host = await startHost([plugin]);
  const config = { ...plugin.flood(bytes), interval };
  return {
    async run(seconds) {
      let count = 0;
      const running = Array.from({ length: rules }, () =>
        host.rule(unique('r'), ({ source }) => source(plugin.source, { config }).pipe(tap(() => (count += 1)))),
      );
      const sample = await measureFlow(seconds, bytes, () => count);
      await Promise.all(running.map((rule) => rule.stop()));
      return sample;
    },
    close: () => host.stop(),
  };
}
