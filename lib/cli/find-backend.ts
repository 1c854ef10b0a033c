import { readFile } from 'node:fs/promises';
import { configInvalid, flagsOfService, reasonOf } from '../errors.js';
import type { Host } from '../host.js';
import type { Backend } from './backend.js';
import { dataFolder } from './data-folder.js';
import type { HostFlags } from './host-flags.js';
import { givenFlags } from './install-flags.js';
import { serviceAddress } from './service-address.js';
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

/** Does `work`, and closes what it worked on. */
export async function withBackend<T>(
  shell: Shell,
  options: CommonOptions & HostFlags,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = await findBackend(shell, options);
  try {
    return await work(backend);
  } finally {
    await backend.close();
  }
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
