import { stat } from 'node:fs/promises';
import { reasonOf } from '../../errors.js';
import type { Finding, Level } from './finding.js';

export interface TokenPlaces {
  readonly file: string | undefined;
  /** What `RXPORT_TOKEN` says. */
  readonly variable: string | undefined;
}

/** Who else on this machine may change what a service runs. */
export async function tokenFindings({ file, variable }: TokenPlaces): Promise<readonly Finding[]> {
  if (file !== undefined) return [await fileTold(file)];
  if (variable !== undefined && variable !== '') return [told('ok', 'in RXPORT_TOKEN')];
  return [
    told(
      'note',
      'none: whoever has an account here reaches a service on loopback, and runs programs as its user',
      'where others have one: RXPORT_TOKEN or --token-file, for rxport serve and the other commands',
    ),
  ];
}

async function fileTold(file: string): Promise<Finding> {
  try {
    const { mode } = await stat(file);
    const shown = `${file}, mode ${(mode & 0o777).toString(8)}`;
    if ((mode & 0o077) === 0) return told('ok', shown);
    return told('warn', `${shown}: others may read or change it`, `chmod go= ${file}, and put another token into it`);
  } catch (cause) {
    return told('fail', reasonOf(cause), 'name the file of the token with --token-file');
  }
}

const told = (level: Level, found: string, advice?: string): Finding => ({
  area: 'service',
  what: 'token',
  level,
  found,
  ...(advice !== undefined && { advice }),
});
