/**
 * Runs `spec/bench/*.bench.ts`, all or those whose name holds one of the arguments: `npm run bench -- source`. Options
 * go to the benchmarks, with `=` before their value: `npm run bench -- source --rounds=9 --json`.
 *
 * Each is bundled with the sources of rxport into `.cache/bench/`, packages stay outside. The working folder is the
 * repository; `import.meta.url` is that of the bundle.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { sources } from './setup/bundle.mjs';
import { root } from './setup/step.mjs';

const folder = `${root}spec/bench`;
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const names = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
if (names.length === 0) console.error(`no benchmark in spec/bench matches ${words.join(' ') || 'anything'}`);

for (const name of names) {
  const outfile = `${root}.cache/bench/${name}.mjs`;
  await build({
    entryPoints: [`${folder}/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    alias: sources,
    sourcemap: 'inline',
  });
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--enable-source-maps', outfile, ...flags], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
