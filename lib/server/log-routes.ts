import type { FastifyInstance } from 'fastify';
import { pluginUnknown } from '../errors.js';
import type { Service } from '../service/service.js';
import type { EventStreams } from './event-streams.js';
import { sendWords } from './failure.js';
import * as schemas from './plugin-schemas.js';
import type { Named } from './plugin-routes.js';

interface LogQuery {
  readonly lines?: string;
  readonly follow?: 'true' | 'false';
}

/** What plugins have written: the last lines, and with `follow` the next ones as server-sent events. */
export function logRoutes(app: FastifyInstance, { host: { plugins } }: Service, streams: EventStreams): void {
  app.get<Named & { Querystring: LogQuery }>(
    '/plugins/portables/:name/logs',
    { schema: schemas.logs },
    async ({ params: { name }, query: { lines, follow } }, reply) => {
      if (!plugins.has(name))
        return sendWords(reply, 404, `portable plugin ${name} not found: not found`, pluginUnknown(name));
      const plugin = plugins.get(name);
      const last = lastLines(plugin.logs(), lines);
      if (follow !== 'true') return last;
      streams.send(reply, last, plugin.logs$);
      return reply;
    },
  );
}

const lastLines = <T>(all: readonly T[], lines: string | undefined): readonly T[] =>
  lines === undefined ? all : all.slice(Math.max(0, all.length - Number(lines)));
