import { createServer } from 'node:http';
import { serverAddress } from '../errors.js';

/** Where a server listens when nothing is said. */
export const HOST = '127.0.0.1';
export const PORT = 9081;

/**
 * Rejects as `startServer` when it could not listen there: asked before rules run, which would have to be stopped again.
 * Another program may take the port all the same until then.
 */
export function checkPort({
  host = HOST,
  port = PORT,
}: {
  readonly host?: string;
  readonly port?: number;
}): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause) => reject(serverAddress(`${host}:${port}`, cause)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}
