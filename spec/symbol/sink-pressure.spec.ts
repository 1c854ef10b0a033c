import { expect, it } from '@jest/globals';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { none } from '../helpers/none.js';
import { newFile } from '../helpers/parts.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { versionsOf } from '../helpers/versions.js';

const COUNT = 500;

it('a sink with acks holds its source back for as long as it is behind, and lets it go on', async () => {
  const { version, source, file } = versionsOf('node');
  const host = await startHost();
  await host.plugins.install(version('v1'));
  const path = newFile();
  // A source of our SDK waits for as long as it takes: nothing comes when nobody lets it go on.
  const rule = host.rule(
    unique('r'),
    (context) =>
      context
        .source(source, { config: { interval: 0, count: COUNT } })
        .subscribe(
          context.sink(file, { config: { path }, requireAck: true, queue: { size: COUNT, policy: 'error', high: 10 } }),
        ),
    { restart: 'never' },
  );
  const status = await until(() => rule.closed && rule.status, 'the rule ends');
  expect(status).toMatchObject({ phase: 'completed' });
  expect(linesOf(path)).toHaveLength(COUNT);
  const { stages, balanced } = rule.ledger();
  expect(balanced).toBe(true);
  expect(stages[`source ${source}`]?.pauses).toBeGreaterThan(1);
  expect(stages[`sink ${file}`]).toMatchObject({ received: COUNT, passed: COUNT, dropped: none, failed: none });
});
