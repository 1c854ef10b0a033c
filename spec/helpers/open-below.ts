/** Which files below a folder this process holds open. Needs /proc. */
import { readdirSync, readlinkSync } from 'node:fs';

export const openBelow = (folder: string): readonly string[] =>
  readdirSync('/proc/self/fd')
    .map((descriptor) => target(`/proc/self/fd/${descriptor}`))
    .filter((path) => path.startsWith(folder));

/** Nothing of one that has been closed since, as that of whoever looks. */
function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
