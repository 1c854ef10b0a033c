/** `npm ci` without install scripts, when what is installed is not what the lock file says. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { root, run, step } from './step.mjs';

export async function installDependencies() {
  if (isInstalled()) return;
  await step('installing dependencies (npm ci, about half a minute)', () => npm(['ci', '--ignore-scripts']));
}

/** The npm that runs this script, or the one on PATH. */
export function npm(args, env = process.env) {
  const own = process.env.npm_execpath;
  return own && basename(own) === 'npm-cli.js'
    ? run(process.execPath, [own, ...args], { env })
    : run('npm', args, { env });
}

/** npm writes `node_modules/.package-lock.json` last, so an installation that was cut off has none. */
function isInstalled() {
  const hidden = `${root}node_modules/.package-lock.json`;
  if (!existsSync(hidden)) return false;
  const installed = packagesOf(hidden);
  return Object.entries(packagesOf(`${root}package-lock.json`)).every(
    ([path, { version, integrity, optional, devOptional }]) =>
      path === '' ||
      // Binaries of other platforms.
      (!installed[path] && (optional || devOptional)) ||
      (installed[path]?.version === version && installed[path].integrity === integrity),
  );
}

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
