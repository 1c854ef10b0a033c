/** A main program in TypeScript as one file that Node runs, with all that it imports. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import type { BuildFailure, Message, Plugin } from 'esbuild';
import { packBuild, reasonOf } from '../errors.js';
import { packageRoot } from './package-root.js';

export interface Bundle {
  readonly content: Buffer;
  /** What esbuild warns of, each with its place. */
  readonly warnings: readonly string[];
}

const SHEBANG = '#!/usr/bin/env node\n';
/** Packages in CommonJS still ask for Node's modules. */
const REQUIRE = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

/**
 * Bundles `entry`, which lies in `dir`. `rxport` and `rxjs` are those of the folder, or else those of the running copy.
 *
 * Rejects with `ERR_PACK_BUILD` and `file:line:column` of each problem. Types are not checked.
 */
export async function bundle(dir: string, entry: string, format: 'esm' | 'cjs' = 'esm'): Promise<Bundle> {
  // Not at the top: it is of use to this alone, and slow to load.
  const { build } = await import('esbuild');
  const own = (await readFile(entry, 'utf8')).startsWith('#!');
  const banner = `${own ? '' : SHEBANG}${format === 'esm' ? REQUIRE : ''}`;
  try {
    const { outputFiles, warnings } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node20',
      format,
      charset: 'utf8',
      absWorkingDir: dir,
      logLevel: 'silent',
      mainFields: ['module', 'main'],
      plugins: [ownPackages],
      banner: { js: banner },
    });
    return { content: Buffer.from(outputFiles[0]?.contents ?? []), warnings: warnings.map(show) };
  } catch (cause) {
    const { errors } = cause as Partial<BuildFailure>;
    throw packBuild(dir, relative(dir, entry), errors?.map(show) ?? [reasonOf(cause)], cause);
  }
}

/** `main.ts:3:5: what is wrong` */
export const show = ({ location, text }: Message): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;

/** Of these a bundle takes the ES build, of which it keeps what it uses; to Node they offer CommonJS. */
const ES_BUILDS = [
  [/([\\/]rxjs[\\/]dist[\\/])cjs([\\/])/, '$1esm$2'],
  [/([\\/](?:io-ts|fp-ts)[\\/])lib([\\/])/, '$1es6$2'],
] as const;

const esBuildOf = (file: string): string => {
  const path = ES_BUILDS.reduce((text, [pattern, by]) => text.replace(pattern, by), file);
  return existsSync(path) ? path : file;
};

/** `rxport` and `rxjs` of the folder, or else those of the running copy. */
export const ownPackages: Plugin = {
  name: 'own-packages',
  setup(build) {
    const own = createRequire(join(packageRoot(), 'package.json'));
    build.onResolve({ filter: /^(rxport|rxjs|io-ts|fp-ts)(\/|$)/ }, async (request) => {
      const { path, importer, kind, resolveDir } = request;
      // From the question below.
      if (request.pluginData === own) return undefined;
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: own });
      if (found.errors.length === 0) return { path: esBuildOf(found.path), sideEffects: found.sideEffects };
      try {
        return { path: esBuildOf(own.resolve(path)), sideEffects: false };
      } catch {
        return { errors: found.errors };
      }
    });
  },
};
