import { expect, it } from '@jest/globals';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { none } from '../helpers/none.js';
import { newFile } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
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

it('a sink is under pressure with as few values as its source is held back for when tuples are large', async () => {
  const { dir, symbol } = scriptedPlugin();
  const host = await startHost();
  await host.plugins.install(dir);
  const seen: boolean[] = [];
  const rule = host.rule(unique('r'), ({ source, sink }) => {
    const stuck = sink(symbol('file'), { config: { path: newFile() }, requireAck: true, ackTimeout: Infinity });
    stuck.pressure$.subscribe((under) => seen.push(under));
    return source(symbol('count'), { config: { pad: 1_048_576 } }).subscribe(stuck);
  });
  await until(() => seen.includes(true), 'it is under pressure');
  const { stages } = rule.ledger();
  expect([seen, stages[`source ${symbol('count')}`]?.pauses]).toEqual([[false, true], 1]);
  expect(stages[`sink ${symbol('file')}`]?.peak).toBeLessThan(100);
  await rule.stop({ signal: AbortSignal.abort() });
});
