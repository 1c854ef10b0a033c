import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { packBuild, RxportError } from '../errors.js';
import { ownEnvironment, runTool } from '../process/run-tool.js';

/** Milliseconds; the first build fetches modules and compiles Go's own library. */
const DEADLINE = 300_000;

/**
 * `go build` in `dir`, into `executable` there: Go itself knows what has changed, files that are embedded and the system that
 * it is for included, and builds nothing else. Where Go is missing, a program that is newer than its sources is taken.
 *
 * Rejects with `ERR_PACK_BUILD` and what the compiler says, `ERR_TOOL_MISSING`, `ERR_TOOL_TIMEOUT`.
 */
export async function goBuild(dir: string, executable: string, signal?: AbortSignal): Promise<void> {
  try {
    await build(dir, executable, signal);
  } catch (error) {
    if (!isMissing(error) || (await isStale(dir, executable))) throw error;
  }
}

async function build(dir: string, executable: string, signal: AbortSignal | undefined): Promise<void> {
  const args = ['build', '-trimpath', '-buildvcs=false', '-o', executable, '.'];
  // Without C the program runs wherever its system does.
  const { code, output } = await runTool(
    { file: 'go', args, cwd: dir },
    { env: { CGO_ENABLED: '0', ...ownEnvironment() }, clock: systemClock, deadline: DEADLINE, signal },
  );
  if (code === 0) return;
  // Lines such as "# thermo" name the package only.
  throw packBuild(
    dir,
    'go build',
    output.filter((line) => line !== '' && !line.startsWith('#')),
  );
}

const isMissing = (error: unknown): boolean => error instanceof RxportError && error.code === 'ERR_TOOL_MISSING';

async function isStale(dir: string, executable: string): Promise<boolean> {
  // For another system: nothing says for which one the file that is there was built.
  if (process.env['GOOS'] || process.env['GOARCH']) return true;
  const built = await stat(join(dir, executable)).catch(() => undefined);
  if (!built) return true;
  for (const item of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!item.isFile() || !/\.go$|^go\.(mod|sum)$/.test(item.name)) continue;
    if ((await stat(join(item.parentPath, item.name))).mtimeMs > built.mtimeMs) return true;
  }
  return false;
}
