/** Where the service of a data folder is to be asked, as it has written it down itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { livingOwner } from '../process/lock.js';

const Address = t.type({ url: t.string, pid: t.number });
export type Address = Readonly<t.TypeOf<typeof Address>>;

export const addressFile = (dir: string): string => join(dir, 'run', 'rest.json');

/** What the file says; undefined when there is none that can be read. */
export async function writtenAddress(dir: string): Promise<Address | undefined> {
  try {
    const decoded = Address.decode(JSON.parse(await readFile(addressFile(dir), 'utf8')));
    return isRight(decoded) ? decoded.right : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when no service lives there: one that was killed leaves its file, not its lock. */
export async function serviceAddress(dir: string): Promise<string | undefined> {
  const [address, owner] = await Promise.all([writtenAddress(dir), livingOwner(dir)]);
  return address !== undefined && address.pid === owner ? address.url : undefined;
}
