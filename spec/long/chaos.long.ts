/**
 * Plugins in three languages that are killed, frozen and visited by strangers, for a long time.
 *
 *   npm run test:long -- chaos --for=60 --seed=7
 */
import { randomInt } from 'node:crypto';
import { chaos } from '../helpers/chaos/chaos.js';
import { Company } from '../helpers/chaos/company.js';
import { hostGauges, pluginGauges } from './gauges.js';
import { Levels } from './level.js';
import { report } from './report.js';
import { available, names, numbers, openHost, pidOf } from './stage.js';

/** `for` is in seconds. */
const { for: seconds, seed } = numbers({ for: 600, seed: randomInt(1, 1_000_000) });
/** Actions between two readings. */
const EVERY = 10;

const { host, ipcDir } = await openHost();
try {
  const plugins = available();
  const company = await Company.gather(host, ipcDir, plugins, names);
  // Sockets and descriptors come and go with the plugins: what is left in the end counts, not what is open meanwhile.
  const memory = hostGauges(ipcDir, company.marks).filter(({ unit }) => unit === 'KiB');
  const levels = new Levels([
    ...memory,
    ...plugins.flatMap((plugin) => pluginGauges(plugin.language, pidOf(host, plugin))),
  ]);
  let count = 0;
  const sample = (): void => {
    count += 1;
    if (count % EVERY === 0) levels.read(count);
  };
  const { actions, unbalanced, stuck } = await chaos(company, { seed, time: seconds * 1_000, sample });
  report(`chaos: ${actions.length} actions in ${seconds} s, --seed=${seed}`, levels.verdicts(), [
    ...unbalanced,
    ...stuck,
  ]);
} finally {
  await host.stop();
}
