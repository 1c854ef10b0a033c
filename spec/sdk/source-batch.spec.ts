/** A source of our SDK against a host that speaks the wire by hand. */
import { describe, expect, it } from '@jest/globals';
import { of, Subject } from 'rxjs';
import { withMeta } from '../../lib/sdk/index.js';
import { SourceRun } from '../../lib/sdk/source-run.js';
import { stderrLog } from '../../lib/sdk/stderr-log.js';
import { functionControl, sourceControl } from '../../lib/wire/control.js';
import { BATCH_TEXT, BATCH_TUPLES } from '../../lib/wire/source-batch.js';
import { HandClock } from '../helpers/hand-clock.js';
import { type Dialect, messagesOf, type PluginHost, startSource } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

const COMPLETE = '{"complete":true}';
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sizes = (frames: readonly string[]): number[] => frames.map((text) => [JSON.parse(text)].flat().length);

/** A source that emits what the spec pushes. */
async function pushed(dialect?: Dialect) {
  const values = new Subject<unknown>();
  const { host, source } = await startSource(() => values, dialect);
  await until(() => values.observed);
  return { values, host, source };
}

/** The plugin has answered something: whatever it could do at once is done. */
const roundTrip = (host: PluginHost): Promise<string> => host.command('stop', functionControl('nobody'));

describe('a source under a host that takes batches', () => {
  it('sends one value alone, and at once', async () => {
    const { values, host, source } = await pushed();
    for (let i = 0; i < 3; i += 1) {
      values.next({ i });
      await roundTrip(host);
      expect(source.frames).toHaveLength(i + 1);
    }
    expect(source.frames).toEqual(range(3).map((i) => `{"message":{"i":${i}}}`));
  });

  it('sends together what comes within one turn', async () => {
    const { values, source } = await pushed();
    values.next(1);
    values.next(withMeta(2, { a: 1 }));
    values.next(null);
    await until(() => source.frames.length > 0);
    expect(source.frames).toEqual(['[{"message":1},{"message":2,"meta":{"a":1}},{"message":null}]']);
  });

  it('keeps errors and its end in their places, alone', async () => {
    const { values, source } = await pushed();
    values.next(1);
    values.next(2);
    values.next(() => 3);
    values.next(4);
    values.error(new Error('boom'));
    await until(() => source.ends() === 1);
    expect(source.frames).toEqual([
      '[{"message":1},{"message":2}]',
      expect.stringMatching(/^\{"error":".*a function has no JSON/),
      '{"message":4}',
      '{"error":"boom"}',
    ]);
    const { source: short } = await startSource(() => of(1, 2));
    await until(() => short.ends() === 1);
    expect(short.frames).toEqual(['[{"message":1},{"message":2}]', COMPLETE]);
  });

  it('bounds how many go together', async () => {
    const { values, source } = await pushed();
    for (const i of range(2 * BATCH_TUPLES + 5)) values.next(i);
    await until(() => source.frames.length === 3);
    expect(sizes(source.frames)).toEqual([BATCH_TUPLES, BATCH_TUPLES, 5]);
    expect(messagesOf(source)).toEqual(range(2 * BATCH_TUPLES + 5));
  });

  it('bounds how much goes together; what is larger goes alone', async () => {
    const { values, source } = await pushed();
    const texts = [1, 0.4 * BATCH_TEXT, 0.4 * BATCH_TEXT, 0.4 * BATCH_TEXT, 2 * BATCH_TEXT, 1].map((size) =>
      'x'.repeat(size),
    );
    for (const text of texts) values.next(text);
    await until(() => source.frames.length === 4);
    expect(sizes(source.frames)).toEqual([3, 1, 1, 1]);
    expect(messagesOf(source)).toEqual(texts);
  });

  it('sends what has come before STOP', async () => {
    const { values, source } = await pushed();
    const stopped = source.stop();
    values.next(1);
    values.next(2);
    expect(await stopped).toBe('ok');
    await until(() => source.ends() === 1);
    expect(messagesOf(source)).toEqual([1, 2]);
  });

  it('fills its frames while the host does not read', async () => {
    const PAD = 'x'.repeat(1_000);
    const { values, host, source } = await pushed();
    source.socket.pause();
    for (const i of range(3_000)) {
      values.next({ i, PAD });
      if (i % 20 === 19) await roundTrip(host);
    }
    values.complete();
    source.socket.resume();
    await until(() => source.ends() === 1);
    expect((messagesOf(source) as { i: number }[]).map(({ i }) => i)).toEqual(range(3_000));
    // What has waited for room leaves in full frames, not as it came.
    expect(Math.max(...sizes(source.frames.slice(0, -1)))).toBeGreaterThan(20);
  });
});

describe('a source under a host that does not name the capability', () => {
  it.each<Dialect>(['stock', [], ['complete']])('sends every value alone (%j)', async (dialect) => {
    const { values, source } = await pushed(dialect);
    for (const i of range(3)) values.next(i);
    await until(() => source.frames.length === 3);
    expect(source.frames).toEqual(range(3).map((i) => `{"message":${i},"meta":null}`));
  });
});

describe('the values of a turn that has not ended', () => {
  function running() {
    const values = new Subject<unknown>();
    const did: string[] = [];
    const lines: string[] = [];
    const pipe = {
      open: true,
      send: (frame: string | Uint8Array) => did.push(String(frame)) > 0,
      end: () => void did.push('end'),
      destroy: () => undefined,
    };
    const control = sourceControl('s', { ruleId: 'r', opId: 'o', instanceId: 0 }, undefined, {});
    const host = { stock: false, complete: true, batch: true };
    const log = stderrLog((line) => lines.push(line));
    const run = new SourceRun(() => values, control, pipe, { clock: new HandClock(), host, log });
    run.begin();
    values.next(1);
    values.next(2);
    return { run, did, lines, pipe };
  }

  it('go out in front of the end when STOP comes', () => {
    const { run, did } = running();
    void run.stop();
    expect(did.slice(0, 2)).toEqual(['[{"message":1},{"message":2}]', 'end']);
  });

  it('are told of when the host closes the channel', () => {
    const { run, lines, pipe } = running();
    pipe.open = false;
    run.closed();
    expect(lines.join('')).toMatch(/2 values were not sent/);
  });
});
