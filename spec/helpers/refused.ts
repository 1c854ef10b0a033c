/** What a plugin, or a rule, that is refused must look like. */
import { expect } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, type Host, type HostOptions, RxportError } from '../../lib/index.js';
import { startHost } from './host.js';
import { leftovers, type Places } from './leftovers.js';
import { tempFolder } from './unique.js';

/** Folders for a host that is looked at from outside. */
export const places = (): Places => ({ dir: join(tempFolder(), 'data'), ipcDir: tempFolder() });

/** A deadline for a handshake is for those who never shake hands: on a busy machine all others may take as long. */
export const startAt = (
  at: Places = places(),
  options: Pick<Partial<HostOptions>, 'handshakeTimeout'> = {},
): Promise<Host> => startHost({ ...at, killTimeout: 200, flushTimeout: 50, ...options });

/** What `work` fails with, checked to be one of ours. */
export async function errorOf(work: () => unknown): Promise<RxportError> {
  const thrown = await Promise.resolve()
    .then(work)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(thrown).toBeInstanceOf(RxportError);
  const error = thrown as RxportError;
  expect(Object.keys(ERROR_CODES)).toContain(error.code);
  return error;
}

/** No socket, no process, no folder; and the user's own folder is as it was. */
export function expectNothingOf(
  host: Host,
  at: Places,
  { name, symbol, dir }: { readonly name: string; readonly symbol: string; readonly dir: string },
): void {
  expect(leftovers(at, [name, symbol])).toEqual([]);
  expect(host.plugins.list()).toEqual([]);
  expect(() => host.plugins.get(name)).toThrow(expect.objectContaining({ code: 'ERR_PLUGIN_UNKNOWN' }));
  expect(() => host.function(symbol)).toThrow(expect.objectContaining({ code: 'ERR_SYMBOL_UNKNOWN' }));
  expect(existsSync(dir)).toBe(true);
}
