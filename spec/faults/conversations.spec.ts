import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { take, tap, toArray } from 'rxjs';
import { Host, type Plugin } from '../../lib/index.js';
import { badPlugin, type BadPlugin, type Misbehaviour } from '../helpers/bad-plugin.js';
import { silent } from '../helpers/host.js';
import { type Counted, zeroTo } from '../helpers/parts.js';
import { tempFolder, unique } from '../helpers/unique.js';

/** What an SDK may do on the wire, though seldom this much of it. */
describe.each<Misbehaviour>([
  'answers-twice',
  'chatters',
  'hears-the-second',
  'one-byte-chunks',
  'one-chunk',
  'redials',
])('a plugin that %s', (manner) => {
  let host: Host;
  let bad: BadPlugin;
  let plugin: Plugin;

  beforeAll(async () => {
    bad = badPlugin(manner, { streams: true });
    host = await Host.start({ dir: join(tempFolder(), 'data'), logger: silent });
    plugin = await host.plugins.install(bad.dir);
  });
  afterAll(() => host.stop());

  const twenty = (): Promise<unknown> => {
    let seen: unknown;
    const rule = host.rule(unique('r'), ({ source, call, sink }) =>
      source<Counted>(bad.source)
        .pipe(
          take(20),
          call(
            bad.symbol,
            ({ i }) => [i],
            (_, i: number) => ({ i }),
          ),
          toArray(),
          tap((all) => (seen = all)),
        )
        .subscribe(sink(bad.sink)),
    );
    const problems: string[] = [];
    rule.events$.subscribe((event) => event.type === 'error' && problems.push(event.error.message));
    rule.status$.subscribe((status) => 'error' in status && problems.push(status.error.message));
    return rule.done.then((status) => {
      expect(problems).toEqual([]);
      expect(status.phase).toBe('completed');
      expect(rule.ledger()).toMatchObject({ balanced: true });
      expect(rule.ledger().stages[`call ${bad.symbol}`]).toMatchObject({ received: 20, passed: 20 });
      expect(rule.ledger().stages[`sink ${bad.sink}`]).toMatchObject({ received: 1, passed: 1 });
      return seen;
    });
  };

  it('gets its tuples, its answers and its values through, each its own', async () => {
    expect(await Promise.all([twenty(), twenty()])).toEqual([zeroTo(20), zeroTo(20)]);
  });

  it('answers each call after it was idle', async () => {
    for (let i = 0; i < 20; i += 1) expect(await host.function(bad.symbol).exec(`call ${i}`)).toBe(`call ${i}`);
  });

  it('is started and stopped again and again, each once', async () => {
    for (let round = 0; round < 3; round += 1) expect(await twenty()).toEqual(zeroTo(20));
    expect(plugin).toMatchObject({ usedBy: [], state: { phase: 'ready', attempt: 0 } });
    expect(existsSync(join(plugin.dir, 'twice.log'))).toBe(false);
  });
});
