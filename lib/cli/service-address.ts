/** Where the service of a data folder is to be asked, as it has written it down itself. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Clock, dateOf, pause } from '../clock.js';
import { livingOwner, LOCK } from '../process/lock.js';

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

/** Milliseconds in which a service loads its plugins and rules: it has the folder then, and is not to be asked yet. */
const STARTING = 30_000;
/** Milliseconds that a command waits for that, and between two looks. */
const WAIT = 5_000;
const LOOK = 100;

/** What has come of a host that had the folder, and no address: a service, nothing, or it is as it was. */
export type Arrival = 'service' | 'gone' | 'late' | 'settled';

/** Waits for a service that is starting; a host that has had the folder for longer is none. */
export async function serviceArrival(
  dir: string,
  { clock, signal, wait = WAIT }: { readonly clock: Clock; readonly signal: AbortSignal; readonly wait?: number },
): Promise<Arrival> {
  const end = clock.now() + wait;
  for (;;) {
    const owner = await livingOwner(dir);
    if (owner === undefined) return 'gone';
    if (owner === 'unknown') return 'settled';
    if ((await serviceAddress(dir)) !== undefined) return 'service';
    const taken = await stat(join(dir, LOCK)).catch(() => undefined);
    if (taken !== undefined && dateOf(clock) - taken.mtimeMs > STARTING) return 'settled';
    if (clock.now() >= end || signal.aborted) return 'late';
    await pause(clock, LOOK, signal);
  }
}
