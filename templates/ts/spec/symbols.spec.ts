import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lastValueFrom, toArray } from 'rxjs';
import { testFunction, testSink, testSource } from 'rxport/sdk/testing';
import { lines } from '../lines.js';
import { round } from '../round.js';
import { ticks } from '../ticks.js';

test('ticks emits a sine wave, and completes after count', async () => {
  const tuples = await lastValueFrom(testSource(ticks, { config: { every: 1, count: 2 } }).pipe(toArray()));
  assert.deepEqual(
    tuples.map(({ message }) => message),
    [
      { i: 0, value: 0 },
      { i: 1, value: Math.sin(0.1) },
    ],
  );
});

test('ticks refuses what is no interval', async () => {
  await assert.rejects(lastValueFrom(testSource(ticks, { config: { every: 'often' } })), /every is "often"/);
  await assert.rejects(lastValueFrom(testSource(ticks, { config: { every: 1e10 } })), /every is 10000000000/);
});

test('round rounds', async () => {
  assert.equal(await testFunction(round).exec(1.256, 2), 1.26);
  await assert.rejects(testFunction(round).exec('a', 2), /two numbers/);
  await assert.rejects(testFunction(round).validate(1), /takes a value/);
});

test('lines writes a line for each value', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'lines-')), 'out.ndjson');
  const sink = testSink(lines, { config: { path } });
  assert.deepEqual(await sink.send({ i: 1 }), {});
  assert.deepEqual(await sink.send([{ i: 2 }, { i: 3 }]), {});
  await sink.complete();
  assert.equal(readFileSync(path, 'utf8'), '{"i":1}\n{"i":2}\n{"i":3}\n');
});
