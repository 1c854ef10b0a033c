import { readFile } from 'node:fs/promises';
import { systemClock } from '../clock.js';
import { configInvalid, flagsOfService, reasonOf, RxportError } from '../errors.js';
import type { Host } from '../host.js';
import type { Backend } from './backend.js';
import { dataFolder } from './data-folder.js';
import { withHints } from './doors.js';
import type { HostFlags } from './host-flags.js';
import { givenFlags } from './install-flags.js';
import { serviceAddress, serviceArrival } from './service-address.js';
import type { CommonOptions, Shell } from './shell.js';

/** The service at `--url`, the one that runs over the data folder, or the folder itself. */
export async function findBackend(shell: Shell, options: CommonOptions & HostFlags): Promise<Backend> {
  const { env, signal } = shell;
  const dir = dataFolder(env, options);
  const url = checkedUrl(options.url ?? env['RXPORT_URL']) ?? (await serviceAddress(dir));
  if (url !== undefined) {
    const flags = givenFlags(options);
    // To leave them out without a word would say that they hold.
    if (flags.length > 0) throw flagsOfService(flags, url);
    const { RestBackend } = await import('./rest-backend.js');
    const { RestClient } = await import('./rest-client.js');
    const { PATIENCE } = await import('./late-installation.js');
    const timeout = options.timeout === undefined ? undefined : options.timeout * 1_000;
    const client = new RestClient({ url, token: await readToken(env, options), timeout, signal });
    // Whoever has said how long does not wait for longer.
    return new RestBackend(url, client, timeout === undefined ? PATIENCE : { ...PATIENCE, most: 0 });
  }
  const { FolderBackend } = await import('./folder-backend.js');
  const open = async (): Promise<Host> => {
    const { Host } = await import('../host.js');
    const { hostOptions } = await import('./host-flags.js');
    return Host.start({ ...hostOptions(shell, options), signal });
  };
  return new FolderBackend(dir, open, signal);
}

/** Does `work`, and closes what it worked on. A service that is only starting is waited for, where nothing is done without it. */
export async function withBackend<T>(
  shell: Shell,
  options: CommonOptions & HostFlags,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = await findBackend(shell, options);
  try {
    return await work(backend);
  } catch (error) {
    if (backend.isService || !isForService(error)) throw error;
    await checkArrived(error, backend.where, shell);
  } finally {
    await backend.close();
  }
  const arrived = await findBackend(shell, options);
  try {
    return await work(arrived);
  } finally {
    await arrived.close();
  }
}

/** Said before anything was done. */
const isForService = (thrown: unknown): thrown is RxportError =>
  thrown instanceof RxportError && (thrown.code === 'ERR_HOST_LOCKED' || thrown.code === 'ERR_CLI_NO_SERVICE');

/** Throws `error` again, unless it means something else by now. */
async function checkArrived(error: RxportError, dir: string, { signal }: Shell): Promise<void> {
  const arrival = await serviceArrival(dir, { clock: systemClock, signal });
  if (arrival === 'service' || (arrival === 'gone' && error.code === 'ERR_HOST_LOCKED')) return;
  throw arrival === 'late' ? withHints(error, ['a service may be starting there: try again']) : error;
}

/** From `RXPORT_TOKEN` or the file of `--token-file`: on the command line others could read it. */
export async function readToken(env: NodeJS.ProcessEnv, { tokenFile }: CommonOptions): Promise<string | undefined> {
  if (tokenFile === undefined) return env['RXPORT_TOKEN'] === '' ? undefined : env['RXPORT_TOKEN'];
  const text = await readFile(tokenFile, 'utf8').catch((cause: unknown) => {
    throw configInvalid('--token-file', [reasonOf(cause)]);
  });
  if (text.trim() === '') throw configInvalid('--token-file', [`${tokenFile} is empty`]);
  return text.trim();
}

function checkedUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw configInvalid('--url', [`${JSON.stringify(text)} is no address such as http://127.0.0.1:9081`]);
  }
  return url.href.replace(/\/+$/, '');
}
