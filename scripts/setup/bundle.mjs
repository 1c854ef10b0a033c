/**
 * One runnable file per plugin, with everything it imports inside.
 *
 * `.mjs`, because a plugin is installed where any package.json or none may lie above it: `.js` would be ESM here and
 * CommonJS there. CommonJS packages in the bundle still `require` Node's modules, so the file makes itself a `require`.
 */
import { readFileSync } from 'node:fs';
import { root, StepFailed } from './step.mjs';

const shebang = '#!/usr/bin/env node\n';
const require = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

/** Bundles `entry` (TypeScript) into `outfile`, executable by its first line. */
export async function bundlePlugin(entry, outfile) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    absWorkingDir: root,
    logLevel: 'silent',
    mainFields: ['module', 'main'],
    alias: sources,
    plugins: [esModules],
    // esbuild keeps a first line that the source has, above the banner.
    banner: { js: readFileSync(entry, 'utf8').startsWith('#!') ? require : shebang + require },
  }).catch(({ message }) => {
    throw new StepFailed(message);
  });
}

/** The package itself, from its source. */
export const sources = {
  rxport: `${root}lib/index.ts`,
  'rxport/operators': `${root}operators/index.ts`,
  'rxport/sdk': `${root}lib/sdk/index.ts`,
  'rxport/sdk/testing': `${root}lib/sdk/testing.ts`,
};

/** Packages that offer Node CommonJS only have an ES build beside it, of which a bundle keeps just what it uses. */
const esModules = {
  name: 'es-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^rxjs$/ }, () => ({ path: `${root}node_modules/rxjs/dist/esm/index.js`, sideEffects: false }));
    onResolve({ filter: /^(io-ts|fp-ts)\/lib\// }, ({ path }) => ({
      path: `${root}node_modules/${path.replace('/lib/', '/es6/')}`,
      sideEffects: false,
    }));
  },
};
