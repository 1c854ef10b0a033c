/** How long the REST API takes to tell of two hundred plugins, next to a bare HTTP server that sends as many bytes. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startServer } from '../../lib/server/server.js';
import { Service } from '../../lib/service/service.js';
import { bench, type Opened } from './harness.js';
import { silent } from './hosts.js';
import { tempFolder, unique } from './plugins.js';

const PLUGINS = 200;
const REQUESTS = 50;

/** A data folder with plugins that do nothing: what is told of them is the same, and their processes cost nothing. */
function dataFolder(): string {
  const dir = join(tempFolder(), 'data');
  for (let count = 0; count < PLUGINS; count += 1) {
    const name = unique('idle');
    const home = join(dir, 'plugins/portables', name);
    mkdirSync(home, { recursive: true });
    const symbols = { sources: [`a_${name}`], sinks: [`b_${name}`], functions: [`c_${name}`] };
    const manifest = { version: 'v1.0.0', language: 'executable', executable: 'main', ...symbols };
    writeFileSync(join(home, `${name}.json`), JSON.stringify(manifest));
    writeFileSync(join(home, 'main'), '#!/bin/sh\nexec sleep 3600\n');
    chmodSync(join(home, 'main'), 0o755);
  }
  return dir;
}

/** Over one connection that stays: `fetch` takes longer than what it waits for. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const get = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    request(url, { agent }, (response) => response.on('end', resolve).on('error', reject).resume())
      .on('error', reject)
      .end();
  });

/** Milliseconds of one request, of many one after the other. */
async function ask(url: string): Promise<Readonly<Record<string, number>>> {
  const start = performance.now();
  for (let count = 0; count < REQUESTS; count += 1) await get(url);
  return { ms: (performance.now() - start) / REQUESTS };
}

let served: { readonly url: string; readonly end: () => Promise<void>; users: number } | undefined;

/** One service for all variants. */
async function theService(): Promise<NonNullable<typeof served>> {
  if (served !== undefined) return served;
  const service = await Service.start({ dir: dataFolder(), logger: silent });
  const server = await startServer(service, { port: 0 });
  const end = async (): Promise<void> => {
    await server.close();
    await service.stop();
  };
  return (served = { url: server.url, end, users: 0 });
}

const rest = (path: string) => async (): Promise<Opened> => {
  const service = await theService();
  service.users += 1;
  return {
    run: () => ask(service.url + path),
    async close() {
      service.users -= 1;
      if (service.users === 0) await service.end();
    },
  };
};

const bare = async (): Promise<Opened> => {
  const { url } = await theService();
  const text = await (await fetch(`${url}/plugins/portables`)).text();
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    run: () => ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async close() {
      server.close().closeAllConnections();
    },
  };
};

await bench('rest', [
  {
    title: `${PLUGINS} plugins`,
    metrics: [{ name: 'ms', digits: 2 }],
    targets: [{ metric: 'ms', most: 10 }],
    variants: [
      { name: 'bare HTTP server, the same bytes', base: 'HTTP', open: bare },
      { name: 'GET /plugins/portables', ours: true, open: rest('/plugins/portables') },
      { name: 'GET /ready', open: rest('/ready') },
      { name: 'GET /metrics', open: rest('/metrics') },
    ],
  },
]);
