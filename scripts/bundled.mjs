/**
 * TypeScript programs that are no specs: `spec/<kind>/*.<kind>.ts`.
 *
 * Each is bundled with the sources of rxport into `.cache/<kind>/`, packages stay outside. The working folder is the
 * repository; `import.meta.url` is that of the bundle.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { sources } from './setup/bundle.mjs';
import { root } from './setup/step.mjs';

/** Arguments with and without dashes in front; values of options come with `=`. */
export const sorted = (args) => ({
  flags: args.filter((argument) => argument.startsWith('--')),
  words: args.filter((argument) => !argument.startsWith('--')),
});

/** The programs of a kind: all, or those whose name holds one of the words. */
export function programs(kind, words) {
  const folder = `${root}spec/${kind}`;
  const names = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(`.${kind}.ts`))
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
  if (names.length === 0) console.error(`nothing in spec/${kind} matches ${words.join(' ') || 'anything'}`);
  return names;
}

/** `spec/<kind>/<name>.ts` as a program that Node runs; its path. */
export async function bundleProgram(kind, name) {
  const outfile = `${root}.cache/${kind}/${name}.mjs`;
  await build({
    entryPoints: [`${root}spec/${kind}/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    alias: sources,
    sourcemap: 'inline',
  });
  return outfile;
}

/** Runs it; a program that fails makes the exit code 1. */
export function runProgram(file, args) {
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--enable-source-maps', file, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
  return status === 0;
}

/** One after the other; options go to the programs. */
export async function runBundled(kind, args) {
  const { flags, words } = sorted(args);
  for (const name of programs(kind, words)) runProgram(await bundleProgram(kind, name), flags);
}
