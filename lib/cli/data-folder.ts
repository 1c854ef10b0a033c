import type { CommonOptions } from './shell.js';

const DEFAULT = './rxport-data';

/** `--dir`, `RXPORT_DIR`, or `./rxport-data`. */
export function dataFolder(env: NodeJS.ProcessEnv, { dir }: Pick<CommonOptions, 'dir'>): string {
  const said = dir ?? env['RXPORT_DIR'];
  return said === undefined || said === '' ? DEFAULT : said;
}
