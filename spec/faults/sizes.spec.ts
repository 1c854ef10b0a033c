import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { from, take, tap } from 'rxjs';
import { Host } from '../../lib/index.js';
import { copyFixture, type FixtureKind, pythonBin } from '../helpers/fixture.js';
import { silent } from '../helpers/host.js';
import { newFile } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { describeWith, toolchain } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';

const MIB = 1024 * 1024;
/** What the Go SDK takes: the request id counts. */
const GO_LIMIT = MIB;

interface Roles {
  readonly dir: string;
  readonly source: string;
  readonly call: string;
  readonly sink: string;
}

const roles = (kind: FixtureKind, source: string, call: string, sink: string) => (): Roles => {
  const { dir, symbol } = copyFixture(kind);
  return { dir, source: symbol(source), call: symbol(call), sink: symbol(sink) };
};
const scripted = (): Roles => {
  const { dir, symbol } = scriptedPlugin();
  return { dir, source: symbol('count'), call: symbol('echo'), sink: symbol('file') };
};

/** Starts a host with the plugin for the specs of a suite. */
function plugin(make: () => Roles): { readonly host: () => Host; readonly symbols: () => Roles } {
  let host: Host;
  let symbols: Roles;
  beforeAll(async () => {
    const python = toolchain('python');
    symbols = make();
    host = await Host.start({
      dir: join(tempFolder(), 'data'),
      logger: silent,
      ...(python.ok && { pythonBin: pythonBin() }),
    });
    await host.plugins.install(symbols.dir);
  });
  afterAll(() => host.stop());
  return { host: () => host, symbols: () => symbols };
}

function fiveMegabytes(make: () => Roles, config: object): void {
  const { host, symbols } = plugin(make);
  const text = 'x'.repeat(5 * MIB);

  it('come from its source', async () => {
    const sizes: number[] = [];
    const rule = host().rule(unique('r'), ({ source }) =>
      source(symbols().source, { config: { interval: 1, ...config } }).pipe(
        take(2),
        tap((value) => sizes.push(JSON.stringify(value).length)),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(sizes).toHaveLength(2);
    expect(Math.min(...sizes)).toBeGreaterThan(5 * MIB);
  });

  it('go to its function and come back', async () => {
    expect((await host().function(symbols().call).exec(text)) === text).toBe(true);
  });

  it('go to its sink, between small values', async () => {
    const path = newFile();
    const values = ['a', text, 'b'];
    const rule = host().rule(unique('r'), ({ sink }) =>
      from(values).subscribe(sink(symbols().sink, { config: { path } })),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(readFileSync(path, 'utf8') === values.map((value) => `${JSON.stringify(value)}\n`).join('')).toBe(true);
    expect(rule.ledger().stages[`sink ${symbols().sink}`]).toMatchObject({ received: 3, passed: 3 });
  });
}

describe('five megabytes and a Node plugin', () => {
  const frames = Array.from({ length: 2 }, () => JSON.stringify({ message: 'x'.repeat(5 * MIB) }));
  fiveMegabytes(scripted, { frames, count: 0 });
});

describeWith('python', 'five megabytes and a Python plugin', () => {
  fiveMegabytes(roles('python', 'pyrandom', 'pyrevert', 'pyfile'), { size: 5 * MIB });
});

describeWith('go', 'the limit of a Go plugin', () => {
  const { host, symbols } = plugin(roles('go', 'random', 'echo', 'file'));
  const call = (text: string): Promise<unknown> => host().function(symbols().call).exec(text);

  it('holds to the byte for a call, and a refused one disturbs no other', async () => {
    const error = await call('x'.repeat(2 * MIB)).catch((thrown: unknown) => thrown);
    const { bytes, limit } = (error as { readonly details: { readonly bytes: number; readonly limit: number } })
      .details;
    expect(limit).toBe(GO_LIMIT);
    const largest = 'x'.repeat(2 * MIB - (bytes - limit));
    const calls = [call('before'), call(largest), call(`${largest}x`), call('after')];
    const answers = await Promise.allSettled(calls);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? String(answer.value).length : 'refused'))).toEqual([
      6,
      largest.length,
      'refused',
      5,
    ]);
    await expect(calls[2]).rejects.toMatchObject({ code: 'ERR_FRAME_TOO_LARGE' });
  });

  it('holds to the byte for a value of a sink, and a refused one disturbs no other', async () => {
    const path = newFile();
    const values = ['a', 'x'.repeat(GO_LIMIT - 2), 'x'.repeat(GO_LIMIT - 1), 'b'];
    const rule = host().rule(unique('r'), ({ sink }) =>
      from(values).subscribe(sink(symbols().sink, { config: { path } })),
    );
    expect((await rule.done).phase).toBe('completed');
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.map(({ length }) => length)).toEqual([3, GO_LIMIT, 3, 0]);
    expect(rule.ledger().stages[`sink ${symbols().sink}`]).toMatchObject({
      received: 4,
      passed: 3,
      failed: { ERR_FRAME_TOO_LARGE: 1 },
    });
  });
});
