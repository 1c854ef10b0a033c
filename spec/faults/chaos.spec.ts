import { afterEach, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Host } from '../../lib/index.js';
import { STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { chaos } from '../helpers/chaos/chaos.js';
import { Company } from '../helpers/chaos/company.js';
import { footprint, spawnFirst } from '../helpers/footprint.js';
import { silent } from '../helpers/host.js';
import { subjectPython, subjects } from '../helpers/subject.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** The same seed does the same things again; `RXPORT_CHAOS_TIME` is in seconds. */
const seed = Number(process.env['RXPORT_CHAOS_SEED'] ?? randomInt(1_000_000));
const time = Number(process.env['RXPORT_CHAOS_TIME'] ?? 12) * 1_000;
const names = { tempFolder, unique };

let host: Host | undefined;
afterEach(() => host?.stop());

describeWith('go', 'rules over plugins in three languages', () => {
  describeWith('python', 'that are killed, frozen, updated and visited by strangers', () => {
    it(
      `go on, keep their ledgers and leave nothing behind (RXPORT_CHAOS_SEED=${seed})`,
      async () => {
        const [dir, ipcDir] = [join(tempFolder(), 'data'), tempFolder()];
        await spawnFirst();
        const { descriptors, children } = footprint(STOCK_IPC_DIR, []);
        host = await Host.start({ dir, ipcDir, logger: silent, pythonBin: subjectPython });
        const company = await Company.gather(host, ipcDir, subjects(names), names);
        const { actions, unbalanced, stuck } = await chaos(company, { seed, time });
        const { rules } = host;
        await host.stop();

        expect({ seed, actions, unbalanced, stuck }).toEqual({ seed, actions, unbalanced: [], stuck: [] });
        expect(rules.map((rule) => rule.ledger().balanced)).toEqual(company.cast.rules.map(() => true));
        const left = (): ReturnType<typeof footprint> => footprint(STOCK_IPC_DIR, company.marks);
        await until(() => left().descriptors <= descriptors, `${descriptors} descriptors, seed ${seed}`);
        expect({ seed, ...left() }).toMatchObject({ seed, sockets: [], children });
        expect(readdirSync(ipcDir)).toEqual([]);
      },
      time + 120_000,
    );
  });
});
