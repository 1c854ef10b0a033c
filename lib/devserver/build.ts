import { dirname, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure } from 'esbuild';
import { packBuild, reasonOf } from '../errors.js';
import { ownPackages, show } from '../packing/bundle.js';
import { goBuild } from '../packing/go-build.js';
import type { PluginSource } from './plugin-source.js';

/** Builds what has to be built: TypeScript into `outfile`, a Go module in its place. Rejects with `ERR_PACK_BUILD`, `ERR_TOOL_*`. */
export async function buildPlugin(
  { plugin, entry, isGoModule }: PluginSource,
  outfile: string,
  signal: AbortSignal,
): Promise<void> {
  if (entry !== undefined) await bundleForDebugging(entry, outfile);
  if (isGoModule) await goBuild(plugin.dir, plugin.manifest.executable, signal);
}

/**
 * Builds `entry` and all that it imports into the one file `outfile`, with a source map inside, so that errors and debuggers
 * show the lines of the source. To the program it stands where `entry` does.
 */
async function bundleForDebugging(entry: string, outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  const dir = dirname(entry);
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
      absWorkingDir: dir,
      logLevel: 'silent',
      mainFields: ['module', 'main'],
      plugins: [ownPackages],
      define: {
        'import.meta.url': url,
        'import.meta.filename': JSON.stringify(entry),
        'import.meta.dirname': JSON.stringify(dir),
      },
      // Packages in CommonJS still ask for Node's modules.
      banner: { js: `import { createRequire } from 'node:module';const require = createRequire(${url});` },
    });
  } catch (cause) {
    const { errors } = cause as Partial<BuildFailure>;
    throw packBuild(dir, relative(dir, entry), errors?.map(show) ?? [reasonOf(cause)], cause);
  }
}

/** Ends the process that bundles; the next time starts another one. */
export async function endBuilds(): Promise<void> {
  const { stop } = await import('esbuild');
  await stop();
}
