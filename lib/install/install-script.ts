import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { scriptFailed, scriptRefused } from '../errors.js';
import type { RunCommand, RunLimits } from './command.js';
import type { Staged } from './folders.js';

export const INSTALL_SCRIPT = 'install.sh';

export interface ScriptOptions extends RunLimits {
  /** The host's own word for it. */
  readonly allowed: boolean;
  /** Arguments of the script, as the one who installs gives them. */
  readonly shellParas?: readonly string[] | undefined;
  readonly run: RunCommand;
}

/**
 * Runs the `install.sh` that a staged plugin brings, in its folder. Answers whether there was one.
 *
 * Rejects with `ERR_SCRIPT_REFUSED` when scripts are not allowed, with `ERR_SCRIPT_FAILED` when it fails or takes too
 * long, and with the reason of an aborted signal.
 */
export async function runInstallScript(
  { name, dir, source, origin = source }: Staged,
  { allowed, shellParas = [], run, timeout, signal }: ScriptOptions,
): Promise<boolean> {
  const found = await stat(join(dir, INSTALL_SCRIPT)).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  if (!allowed) throw scriptRefused(name, origin);
  const args = [INSTALL_SCRIPT, ...shellParas];
  const ended = await run({ name, file: '/bin/sh', args, cwd: dir }, { timeout, signal });
  if (ended.end !== 'exited' || ended.code !== 0) throw scriptFailed(name, ended, timeout);
  return true;
}
