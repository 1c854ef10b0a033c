import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/setpriv', '/bin/setpriv'];
/** Milliseconds for its answer. */
const DEADLINE = 5_000;

/** Where a `setpriv` is that can tie a process to its host; undefined on a system without one. */
export const findSetpriv = (places: readonly string[] = PLACES): string | undefined =>
  places.find((path) => existsSync(path) && hasDeathSignal(path));

/** That of BusyBox, and of util-linux before 2.33, does not know the option, and would execute nothing. */
function hasDeathSignal(setpriv: string): boolean {
  const args = ['--pdeathsig', 'KILL', '--', setpriv, '--version'];
  return spawnSync(setpriv, args, { stdio: 'ignore', timeout: DEADLINE }).status === 0;
}
