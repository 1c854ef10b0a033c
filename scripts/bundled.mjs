/**
 * Runs TypeScript programs that are no specs: all of a folder, or those whose name holds one of the arguments; options
 * go to the programs, with `=` before their value.
 *
 * Each is bundled with the sources of rxport into `.cache/`, packages stay outside. The working folder is the
 * repository; `import.meta.url` is that of the bundle.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { sources } from './setup/bundle.mjs';
import { root } from './setup/step.mjs';

/** Programs are `spec/<kind>/*.<kind>.ts`; the exit code is 1 when one of them fails. */
export async function runBundled(kind, args) {
  const folder = `${root}spec/${kind}`;
  const flags = args.filter((argument) => argument.startsWith('--'));
  const words = args.filter((argument) => !argument.startsWith('--'));
  const names = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(`.${kind}.ts`))
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
  if (names.length === 0) console.error(`nothing in spec/${kind} matches ${words.join(' ') || 'anything'}`);

  for (const name of names) {
    const outfile = `${root}.cache/${kind}/${name}.mjs`;
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
}
