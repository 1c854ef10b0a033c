/** The code that README.md marks with `<!-- runs: … -->` is compiled and run as it is printed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build, stop } from 'esbuild';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { take } from 'rxjs';
import ts from 'typescript';
import { type Logger, loggerOf } from '../lib/log.js';
import { startHost } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { root } from './helpers/toolchains.js';
import { tempFolder, unique } from './helpers/unique.js';

interface Bundling {
  bundlePlugin(entry: string, outfile: string): Promise<void>;
  readonly sources: Record<string, string>;
}

// As text: the scripts have no declarations.
const { bundlePlugin, sources } = (await import(`${root}scripts/setup/bundle.mjs`)) as Bundling;

const readme = readFileSync(`${root}README.md`, 'utf8');

/** The block below a mark, or the first one in `language` after it. */
function printed(mark: string, language: 'ts' | 'json' = 'ts'): string {
  const [, below] = readme.split(`<!-- runs: ${mark} -->`);
  const code = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(below ?? '')?.[1];
  if (code === undefined) throw new Error(`README.md has no \`\`\`${language} below <!-- runs: ${mark} -->`);
  return code;
}

/** Inside the repository, where imports find packages and the compiler its settings. */
const folder = `${root}.cache/readme/${unique()}`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stop();
});

function write(mark: string): string {
  const path = join(folder, `${mark}.ts`);
  writeFileSync(path, printed(mark));
  return path;
}

it('prints what compiles', () => {
  const config = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)).config as unknown;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(['rule', 'plugin'].map(write), options);
  const problems = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(folder))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]);
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});

describe('the printed rule', () => {
  it('runs in a folder that has been built, and loses nothing', async () => {
    const outfile = join(folder, 'rule.mjs');
    const options = { bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' } as const;
    await build({ entryPoints: [write('rule')], outfile, alias: sources, ...options });
    const cwd = tempFolder();
    cpSync(`${root}dist/plugins`, join(cwd, 'dist/plugins'), { recursive: true });

    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { cwd });
    expect(stdout).toContain("phase: 'completed'");
    expect(stdout).toContain('balanced: true');
    const written = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('big.ndjson'),
    );
    expect(written.length).toBe(1);
    const lines = linesOf(join(cwd, written[0] ?? '')) as { readonly value: number; readonly echoed: number }[];
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every(({ value, echoed }) => value === echoed)).toBe(true);
  });
});

describe('the printed plugin', () => {
  it('runs with the manifest below it', async () => {
    const dir = join(tempFolder(), 'thermo');
    mkdirSync(dir);
    await bundlePlugin(write('plugin'), join(dir, 'main.mjs'));
    writeFileSync(join(dir, `${basename(dir)}.json`), printed('plugin', 'json'));

    const output: string[] = [];
    const host = await startHost({ logger: recording(output) });
    await host.plugins.install(dir);
    const rule = host.rule(unique('r'), ({ source, call, sink }) =>
      source<{ readonly kelvin: number }>('kelvin', { config: { interval: 5 } })
        .pipe(
          take(3),
          call(
            'celsius',
            ({ kelvin }) => [kelvin],
            ({ kelvin }, celsius: number) => ({ kelvin, celsius: Math.round(celsius) }),
          ),
        )
        .subscribe(sink('print')),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(rule.ledger().balanced).toBe(true);
    await host.stop();
    const found = output.flatMap((line) => /\{"kelvin":\d+,"celsius":\d+\}/.exec(line)?.[0] ?? []);
    expect(found).toEqual([
      '{"kelvin":290,"celsius":17}',
      '{"kelvin":291,"celsius":18}',
      '{"kelvin":292,"celsius":19}',
    ]);
  });
});

function recording(output: string[]): Logger {
  return loggerOf((_level, fields, text) => void output.push(`${text} ${JSON.stringify(fields)}`));
}
