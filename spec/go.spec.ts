import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { from, NEVER, take, tap } from 'rxjs';
import { Host, type Plugin, type Rule, type RuleBody } from '../lib/index.js';
import { copyFixture, type Fixture } from './helpers/fixture.js';
import { silent } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { newFile, statusOf } from './helpers/parts.js';
import { describeWith } from './helpers/toolchains.js';
import { tempFolder, unique } from './helpers/unique.js';

const MIB = 1024 * 1024;

describeWith('go', 'a plugin that behaves as the Go SDK does', () => {
  let host: Host;
  let plugin: Plugin;
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = copyFixture('go');
    host = await Host.start({ dir: join(tempFolder(), 'data'), logger: silent, flushTimeout: 300 });
    plugin = await host.plugins.install(fixture.dir);
  });
  afterAll(() => host.stop());

  const start = (body: RuleBody): Rule => host.rule(unique('r'), body, { restart: 'never' });
  const pid = (): number => (plugin.state.phase === 'ready' ? plugin.state.pid : 0);
  const call = (symbol: string, ...args: readonly unknown[]): Promise<unknown> =>
    host.function(fixture.symbol(symbol)).exec(...args);

  it('is sent nothing that is larger than it takes, and lives on', async () => {
    const before = pid();
    await expect(call('echo', 'x'.repeat(MIB))).rejects.toMatchObject({ code: 'ERR_FRAME_TOO_LARGE' });
    expect(await call('echo', 'a')).toBe('a');

    const source = start((rule) => rule.source(fixture.symbol('random'), { config: { pad: 'x'.repeat(MIB) } }));
    expect(await source.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_FRAME_TOO_LARGE' } });
    expect(pid()).toBe(before);

    const path = newFile();
    const sink = start((rule) =>
      from(['a', 'x'.repeat(MIB), 'b']).subscribe(rule.sink<string>(fixture.symbol('file'), { config: { path } })),
    );
    expect((await sink.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual(['a', 'b']);
    const stage = sink.ledger().stages[`sink ${fixture.symbol('file')}`];
    expect(stage).toMatchObject({ restarts: 0, received: 3, passed: 2, failed: { ERR_FRAME_TOO_LARGE: 1 } });
  });

  it('may send what is larger', async () => {
    const sizes: number[] = [];
    const rule = start(({ source }) =>
      source<{ pad: string }>(fixture.symbol('random'), { config: { size: 5 * MIB, interval: 1 } }).pipe(
        take(2),
        tap(({ pad }) => sizes.push(pad.length)),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(sizes).toEqual([5 * MIB, 5 * MIB]);
  });

  it('never acknowledges, which has a deadline and a name', async () => {
    const acks: unknown[] = [];
    const path = newFile();
    const rule = start(({ sink }) => {
      const file = sink<number>(fixture.symbol('file'), { requireAck: true, ackTimeout: 50, config: { path } });
      file.acks$.subscribe(({ value, error }) => acks.push([value, error?.code]));
      return from([1, 2]).subscribe(file);
    });
    expect((await rule.done).phase).toBe('completed');
    expect(acks).toEqual([
      [1, 'ERR_SINK_ACK_TIMEOUT'],
      [2, 'ERR_SINK_ACK_TIMEOUT'],
    ]);
    expect(linesOf(path)).toEqual([1, 2]);
  });

  it.each([
    ['an error value, whose text gets lost', 'invalid', 'ERR_CALL_FAILED', '{}'],
    ['a text with state false', 'fail', 'ERR_CALL_FAILED', 'no'],
    ['what JSON can not hold', 'unserialisable', 'ERR_MESSAGE_INVALID', 'an empty reply'],
    ['a panic, which ends its process', 'boom', 'ERR_CALL_LOST', 'its process ended'],
  ])('rejects a call that gives %s', async (_, symbol, code, text) => {
    await expect(call(symbol, 'no')).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
    expect(await call('echo', 'a')).toBe('a');
  });

  it('leaves nothing running of what was stopped right after its start, thirty times', async () => {
    for (let i = 0; i < 30; i += 1) {
      const rule = start(({ source, sink }) => [
        source(fixture.symbol('random'), { config: { interval: 1 } }),
        NEVER.subscribe(sink(fixture.symbol('file'), { config: { path: newFile() } })),
      ]);
      if (i % 2 === 0) await statusOf(rule, 'running');
      rule.unsubscribe();
      expect((await rule.done).phase).toBe('stopped');
      expect(rule.ledger().balanced).toBe(true);
    }
    expect(plugin.usedBy).toEqual([]);
  });
});
