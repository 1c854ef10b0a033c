import { describe, expect, it } from '@jest/globals';
import { chmodSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { testSink, testSource } from 'rxport/sdk/testing';
import { file } from '../../plugins/mirror/file.js';
import { random } from '../../plugins/mirror/random.js';
import { bundle } from '../helpers/bundled-plugin.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { root } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';

const valuesOf = async (config: Record<string, unknown>) =>
  (await lastValueFrom(testSource(random, { config: { interval: 0, ...config } }).pipe(toArray()))).map(
    ({ message }) => message,
  );

describe('random', () => {
  it('counts, with the same numbers for the same seed', async () => {
    const first = await valuesOf({ seed: 1, count: 3 });
    expect(first).toEqual([
      { i: 0, value: 0.6270739405881613 },
      { i: 1, value: expect.any(Number) },
      { i: 2, value: expect.any(Number) },
    ]);
    expect(await valuesOf({ seed: 1, count: 3 })).toEqual(first);
    expect(await valuesOf({ seed: 2, count: 3 })).not.toEqual(first);
  });

  it('keeps to its interval', async () => {
    const began = performance.now();
    expect(await valuesOf({ interval: 20, count: 3, seed: 1 })).toEqual(await valuesOf({ count: 3, seed: 1 }));
    expect(performance.now() - began).toBeGreaterThan(55);
  });

  it.each([
    ['interval', 'fast'],
    ['interval', 2 ** 31],
    ['count', -1],
  ])('refuses %s = %j', async (key, value) => {
    await expect(valuesOf({ [key]: value })).rejects.toThrow(`random: ${key} is ${JSON.stringify(value)}`);
  });
});

describe('file', () => {
  it('appends a line for each value, and for each element of an array', async () => {
    const path = join(tempFolder(), 'out');
    const sink = testSink(file, { config: { path } });
    for (const value of [{ a: 1 }, [{ a: 2 }, { a: 3 }], 'text', Buffer.from('bytes')]) {
      expect(await sink.send(value)).toEqual({});
    }
    expect(linesOf(path)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }, 'text', 'bytes']);
    await sink.complete();

    const again = testSink(file, { config: { path } });
    await again.send(4);
    expect(linesOf(path)).toHaveLength(6);
    await again.complete();
  });

  it('closes what is no file, and has no disk to wait for', async () => {
    const descriptors = (): number => readdirSync('/dev/fd').length;
    const before = descriptors();
    const sink = testSink(file, { config: { path: '/dev/null' } });
    expect(await sink.send({ a: 1 })).toEqual({});
    await sink.complete();
    expect(descriptors()).toBe(before);
  });

  it('says what is wrong with its path when it opens', () => {
    expect(() => testSink(file)).toThrow('file: config.path is missing');
    expect(() => testSink(file, { config: { path: join(tempFolder(), 'no/such') } })).toThrow(/ENOENT/);
  });
});

describe('the plugin', () => {
  it('runs in a rule', async () => {
    const dir = join(tempFolder(), 'mirror');
    cpSync(`${root}plugins/mirror`, dir, { recursive: true });
    cpSync(bundle('plugins/mirror/main.ts'), join(dir, 'main.mjs'));
    chmodSync(join(dir, 'main.mjs'), 0o755);
    const host = await startHost();
    await host.plugins.install(dir);

    const path = join(tempFolder(), 'out');
    const rule = host.rule(unique('r'), ({ source, call, sink }) =>
      source<{ i: number }>('random', { config: { interval: 0, count: 2_000 } })
        .pipe(
          call(
            'echo',
            ({ i }) => [i],
            (_, i: number) => i,
          ),
        )
        .subscribe(sink('file', { config: { path } })),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
    expect(rule.ledger().balanced).toBe(true);
  });
});
