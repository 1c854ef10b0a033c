import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin as BuildPlugin } from 'esbuild';
import { buildFailed, reasonOf } from '../errors.js';

/**
 * Builds `entry` (TypeScript) and all that it imports into the one file `outfile`, with a source map inside, so that errors
 * and debuggers show the lines of the source. To the program it stands where `entry` does. Rejects with `ERR_BUILD_FAILED`.
 */
export async function buildPlugin(entry: string, outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  const url = JSON.stringify(pathToFileURL(entry).href);
  try {
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      sourcemap: 'inline',
      absWorkingDir: dirname(entry),
      logLevel: 'silent',
      mainFields: ['module', 'main'],
      plugins: [ourselves],
      define: {
        'import.meta.url': url,
        'import.meta.filename': JSON.stringify(entry),
        'import.meta.dirname': JSON.stringify(dirname(entry)),
      },
      // CommonJS packages in it still `require` Node's modules.
      banner: { js: `import { createRequire } from 'node:module';const require = createRequire(${url});` },
    });
  } catch (cause) {
    throw buildFailed(entry, problemsOf(cause));
  }
}

/** Ends the process that builds; the next build starts another one. */
export async function endBuilds(): Promise<void> {
  const { stop } = await import('esbuild');
  await stop();
}

interface Message {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

function problemsOf(cause: unknown): readonly string[] {
  const { errors } = cause as { readonly errors?: readonly Message[] };
  if (errors === undefined) return [reasonOf(cause)];
  return errors.map(({ text, location }) =>
    location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
  );
}

/** Files of this package, from its source or its build. */
const end = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const ours = (path: string): string => fileURLToPath(new URL(`../../${path}.${end}`, import.meta.url));
const OWN: Readonly<Record<string, string>> = {
  rxport: ours('lib/index'),
  'rxport/operators': ours('operators/index'),
  'rxport/sdk': ours('lib/sdk/index'),
  'rxport/sdk/testing': ours('lib/sdk/testing'),
};

const SECOND_LOOK = Symbol('second look');

/** A plugin that has not installed rxport gets the one that runs here, and its rxjs. */
const ourselves: BuildPlugin = {
  name: 'rxport',
  setup(build) {
    build.onResolve({ filter: /^(rxport|rxjs)(\/|$)/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === SECOND_LOOK) return undefined;
      const found = await build.resolve(path, { resolveDir, kind, pluginData: SECOND_LOOK });
      if (found.errors.length === 0) return found;
      if (OWN[path] !== undefined) return { path: OWN[path] };
      const here = dirname(fileURLToPath(import.meta.url));
      return build.resolve(path, { resolveDir: here, kind, pluginData: SECOND_LOOK });
    });
  },
};
