/**
 * Plugins in three languages that are killed, frozen and visited by strangers, for a long time.
 *
 *   npm run test:long -- chaos --for=60 --seed=7
 */
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { chaos } from '../helpers/chaos/chaos.js';
import { Company } from '../helpers/chaos/company.js';
import { footprint, spawnFirst } from '../helpers/footprint.js';
import { hostGauges, pluginGauges } from './gauges.js';
import { Levels } from './level.js';
import { report } from './report.js';
import { available, names, numbers, openHost, pidOf } from './stage.js';

/** `for` is in seconds. */
const { for: seconds, seed } = numbers({ for: 600, seed: randomInt(1, 1_000_000) });
/** Actions between two readings, and how many come before the first: until then code is compiled. */
const EVERY = 10;
const WARM_UP = 150;
/** Milliseconds for closed descriptors to be gone. */
const SETTLE = 1_000;

await spawnFirst();
const before = footprint(STOCK_IPC_DIR, []);
const { host, ipcDir } = await openHost();
const plugins = available();
const company = await Company.gather(host, ipcDir, plugins, names);
// Sockets and descriptors come and go with the plugins: what is left in the end counts, not what is open meanwhile.
const memory = hostGauges(ipcDir).filter(({ unit }) => unit === 'KiB');
const levels = new Levels([...memory, ...plugins.flatMap((one) => pluginGauges(one.language, pidOf(host, one)))]);
let count = 0;
const sample = (): void => {
  count += 1;
  if (count > WARM_UP && count % EVERY === 0) levels.read(count);
};

const { actions, unbalanced, stuck } = await chaos(company, { seed, time: seconds * 1_000, sample });
await host.stop();
await pause(SETTLE);

const { descriptors, sockets, children } = footprint(STOCK_IPC_DIR, company.marks);
const left = [...readdirSync(ipcDir), ...sockets, ...children.filter((child) => !before.children.includes(child))];
const open = descriptors - before.descriptors;
report(`chaos: ${actions.length} actions in ${seconds} s, --seed=${seed}`, levels.verdicts(), [
  ...unbalanced,
  ...stuck,
  ...left.map((what) => `left behind: ${what}`),
  ...(open > 0 ? [`${open} descriptors are still open`] : []),
]);
