/** Servers on ports that the system chooses, closed after the spec that started them, and requests to them. */
import { afterEach } from '@jest/globals';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { type ServerOptions, startServer } from '../../lib/server/server.js';
import type { Service } from '../../lib/service/service.js';

const servers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** Of its text. */
  json<T = unknown>(): T;
}

export interface Rest {
  readonly url: string;
  /** A body that is no text goes out as JSON; `path` goes out as it is. */
  ask(method: string, path: string, body?: unknown, headers?: OutgoingHttpHeaders): Promise<Answer>;
  get(path: string, headers?: OutgoingHttpHeaders): Promise<Answer>;
  close(): Promise<void>;
}

export async function startRest(service: Service, options: ServerOptions = {}): Promise<Rest> {
  const server = await startServer(service, { port: 0, ...options });
  servers.push(server);
  const ask: Rest['ask'] = (method, path, body, headers) => send(server.url, method, path, body, headers);
  return { url: server.url, ask, get: (path, headers) => ask('GET', path, undefined, headers), close: server.close };
}

/** As it is: `fetch` would put headers and paths in order. */
function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  // Of a DELETE Node sends no length by itself.
  const type =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: hostname, port, method, path, agent: false, headers: { ...type, ...headers } },
      (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (answer += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: answer,
            json: <T>() => JSON.parse(answer) as T,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}
