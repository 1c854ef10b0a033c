/** In each language: scaffolded, tested by its own spec, packed, installed, and used in a rule. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { from, take } from 'rxjs';
import type { Host } from '../../lib/index.js';
import { pack } from '../../lib/packing/pack.js';
import { scaffold } from '../../lib/packing/scaffold.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { installPackages, runIn } from '../helpers/packed.js';
import { newFile } from '../helpers/parts.js';
import { describeWith, toolchain } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';

interface Tick {
  readonly i: number;
  readonly value: number;
}

/** Three values through the source, the function and the sink of a scaffolded plugin; each is acknowledged. */
async function threeThrough(host: Host, name: string): Promise<unknown[]> {
  const symbol = name.replaceAll('-', '_');
  const path = newFile();
  const rule = host.rule(
    unique('r'),
    ({ source, call, sink }) =>
      source<Tick>(`${symbol}_ticks`, { config: { every: 5 } })
        .pipe(
          take(3),
          call(
            `${symbol}_round`,
            ({ value }) => [value, 1],
            ({ i }, value: number) => ({ i, value }),
          ),
        )
        .subscribe(sink(`${symbol}_lines`, { config: { path }, requireAck: true })),
    { restart: 'never' },
  );
  expect(await rule.done).toMatchObject({ phase: 'completed' });
  const { balanced, stages } = rule.ledger();
  expect({ balanced, failed: stages[`sink ${symbol}_lines`]?.failed }).toEqual({ balanced: true, failed: {} });
  return linesOf(path);
}

/** More than a socket holds: STOP must not cut off what the sink has still to write. */
async function everythingWritten(host: Host, name: string): Promise<void> {
  const path = newFile();
  const values = Array.from({ length: 2_000 }, (_, i) => ({ i }));
  const rule = host.rule(
    unique('r'),
    ({ sink }) => from(values).subscribe(sink(`${name.replaceAll('-', '_')}_lines`, { config: { path } })),
    { restart: 'never' },
  );
  expect(await rule.done).toMatchObject({ phase: 'completed' });
  expect(linesOf(path)).toEqual(values);
}

const three = [
  { i: 0, value: 0 },
  { i: 1, value: 0.1 },
  { i: 2, value: 0.2 },
];

async function install(zip: string): Promise<Host> {
  const host = await startHost();
  await host.plugins.install(zip);
  return host;
}

describe('a plugin in TypeScript', () => {
  it('runs, as its own spec says, and in a rule', async () => {
    const into = tempFolder();
    installPackages(into);
    const name = unique('ts');
    const { dir } = await scaffold({ name, lang: 'ts', into });
    const { scripts } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(await runIn(dir, '/bin/sh', ['-c', scripts['test'] ?? ''])).toContain('# pass 4');
    await runIn(dir, process.execPath, [join(into, 'node_modules/typescript/bin/tsc')]);

    const { file, notes } = await pack({ folder: dir, out: into });
    expect(notes).toEqual([]);
    expect(await threeThrough(await install(file), name)).toEqual(three);
  }, 60_000);

  it('runs as a program of "go" when packed for eKuiper, with nothing installed beside it', async () => {
    const into = tempFolder();
    const name = unique('tsgo');
    const { dir } = await scaffold({ name, lang: 'ts', into });
    const { file } = await pack({ folder: dir, out: into, forEkuiper: true });
    const host = await install(file);
    expect(host.plugins.get(name).manifest.language).toBe('go');
    expect(await threeThrough(host, name)).toEqual(three);
  }, 60_000);
});

describeWith('python', 'a plugin in Python', () => {
  it('runs, as its own spec says, and in a rule', async () => {
    const python = toolchain('python');
    const into = tempFolder();
    const name = unique('py');
    const { dir } = await scaffold({ name, lang: 'python', into });
    const output = await runIn(dir, python.ok ? python.bin : '', ['-m', 'unittest'], { PYTHONDONTWRITEBYTECODE: '1' });
    expect(output).toMatch(/Ran 6 tests[^]*OK/);

    // The host of the specs has an environment with the SDK already.
    const manifest = join(dir, `${name}.json`);
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/ *"virtualEnvType.*\n/, ''));
    const { file } = await pack({ folder: dir, out: into });
    expect(await threeThrough(await install(file), name)).toEqual(three);
  }, 60_000);
});

describeWith('go', 'a plugin in Go', () => {
  it('runs, as its own spec says, and in a rule', async () => {
    const into = tempFolder();
    const name = unique('go');
    const { dir } = await scaffold({ name, lang: 'go', into });
    // As the fixtures were built: Go's own library need not be compiled again.
    const output = await runIn(dir, 'go', ['test', './...'], { CGO_ENABLED: '0', GOFLAGS: '-trimpath' });
    expect(output).toMatch(/^ok\s/m);

    const { file } = await pack({ folder: dir, out: into });
    const host = await install(file);
    expect(await threeThrough(host, name)).toEqual(three);
    await everythingWritten(host, name);
    // With the SDK an error would come as {}, and text that is no number would end the process.
    const round = host.function(`${name.replaceAll('-', '_')}_round`);
    await expect(round.exec('a', 1)).rejects.toMatchObject({ code: 'ERR_CALL_FAILED' });
    expect(await round.exec(2.345, 1)).toBe(2.3);
  }, 60_000);
});
