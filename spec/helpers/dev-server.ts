/** Test servers on ports of their own, and what a developer asks them. */
import { afterEach } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DevServer, type DevServerOptions, startDevServer } from '../../lib/devserver/dev-server.js';
import { loggerOf } from '../../lib/log.js';
import { toolchain } from './toolchains.js';
import { tempFolder, unique } from './unique.js';
import { until } from './until.js';

const servers: DevServer[] = [];
const aborts: AbortController[] = [];

afterEach(async () => {
  for (const abort of aborts.splice(0)) abort.abort();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Asked extends DevServer {
  /** What it has logged. */
  readonly lines: string[];
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  /** Server-sent events as they come: names and data. */
  events(path: string): Promise<readonly SentEvent[]>;
}

export interface SentEvent {
  readonly event: string;
  readonly data: unknown;
}

export async function devServer(options: DevServerOptions): Promise<Asked> {
  const lines: string[] = [];
  const log = loggerOf((_level, _fields, text) => void lines.push(text));
  const python = toolchain('python');
  const settings = { killTimeout: 500, ...(python.ok && { pythonBin: python.bin }), ...options.settings };
  const server = await startDevServer({ port: 0, log, ...options, settings });
  servers.push(server);
  const { url } = server;
  return {
    ...server,
    lines,
    get: async (path) => answer(await fetch(url + path)),
    post: async (path, body) =>
      answer(
        await fetch(url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    events: (path) => eventsOf(url + path),
  };
}

const answer = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: (await response.json()) as Answer['body'],
});

async function eventsOf(url: string): Promise<readonly SentEvent[]> {
  const abort = new AbortController();
  aborts.push(abort);
  const response = await fetch(url, { signal: abort.signal });
  const events: SentEvent[] = [];
  void read(response, events).catch(() => undefined);
  return events;
}

async function read(response: Response, events: SentEvent[]): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      // The heartbeat.
      if (part.startsWith(':')) continue;
      const [, event = 'message'] = /^event: (.*)$/m.exec(part) ?? [];
      const [, data = 'null'] = /^data: (.*)$/m.exec(part) ?? [];
      events.push({ event, data: JSON.parse(data) as unknown });
    }
  }
}

export interface SourcePlugin {
  readonly dir: string;
  readonly name: string;
  /** The file that is edited. */
  readonly main: string;
}

/** A plugin of `main.ts` in a folder of its own, far from any package. */
export function typescriptPlugin(main: string, manifest: Readonly<Record<string, unknown>>): SourcePlugin {
  const name = unique('ts');
  const dir = join(tempFolder(), name);
  const file = join(dir, 'main.ts');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, main.replaceAll('NAME', name));
  const all = { version: 'v1.0.0', language: 'typescript', executable: 'main.ts', ...manifest };
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(all));
  return { dir, name, main: file };
}

export const isReady = async (server: Asked): Promise<void> => {
  await until(() => server.lines.some((line) => line.endsWith('has shaken hands')), 'its handshake');
};

export const body = (pluginType: string, symbolName: string, more: Readonly<Record<string, unknown>> = {}) => ({
  symbolName,
  meta: { ruleId: unique('r'), opId: 'op1', instanceId: 0 },
  pluginType,
  config: {},
  ...more,
});
