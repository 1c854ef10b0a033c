import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { filter, firstValueFrom, interval } from 'rxjs';
import { totalsOf } from '../../examples/totals.js';
import { watch } from '../../examples/watch.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { root } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';

interface Alert {
  readonly at_ms: number;
  readonly measure: string;
  readonly value: number;
  readonly z: number;
}

it('finds the months of weather that were unusual', async () => {
  const host = await startHost();
  for (const name of ['mirror', 'telemetry', 'replay']) await host.plugins.install(`${root}dist/plugins/${name}`);
  const alerts = join(tempFolder(), 'alerts.ndjson');
  const [machine, weather] = watch({ alerts, rate: 3_000, interval: 20 }).map((rule) => host.rule(rule));
  expect((await weather?.done)?.phase).toBe('completed');
  const found = (linesOf(alerts) as Alert[]).filter(({ measure }) => measure !== 'cpu_percent');
  const months = found.map(
    ({ at_ms, measure, z }) => `${new Date(at_ms).toISOString().slice(0, 7)} ${measure} ${z.toFixed(1)}`,
  );
  expect(months).toEqual([
    '2012-07 temp_max 1.6',
    '2012-10 rain_mm 1.8',
    '2012-11 rain_mm 2.0',
    '2013-07 temp_max 1.6',
    '2014-02 rain_mm 2.9',
    '2014-07 temp_max 1.7',
    '2015-06 temp_max 1.8',
    '2015-07 temp_max 1.7',
    '2015-11 rain_mm 1.9',
    '2015-12 rain_mm 2.7',
  ]);

  await firstValueFrom(interval(5).pipe(filter(() => machine !== undefined && totalsOf(machine).tuples > 0)));
  expect(await machine?.stop()).toEqual({ drained: true, dropped: {} });
  for (const rule of [machine, weather]) expect(rule?.ledger().balanced).toBe(true);
});
