import type { FastifyInstance } from 'fastify';
import { EMPTY } from 'rxjs';
import type { Plugin } from '../control/plugin-view.js';
import type { Plugins } from '../control/plugins.js';
import { pluginUnknown } from '../errors.js';
import type { Service } from '../service/service.js';
import type { EventStreams } from './event-streams.js';
import { EVENTS } from './event-stream.js';
import { sendWords } from './failure.js';
import * as schemas from './plugin-schemas.js';
import { brokenCalled, type Named } from './plugin-routes.js';

interface LogQuery {
  readonly lines?: string;
  readonly follow?: 'true' | 'false';
}

/** What plugins have written: the last lines, and with `follow` the next ones as server-sent events. */
export function logRoutes(app: FastifyInstance, { host: { plugins } }: Service, streams: EventStreams): void {
  app.get<Named & { Querystring: LogQuery }>(
    '/plugins/portables/:name/logs',
    { schema: schemas.logs },
    async ({ method, params: { name }, query: { lines, follow } }, reply) => {
      const found = logsOf(plugins, name);
      if (found === undefined)
        return sendWords(reply, 404, `portable plugin ${name} not found: not found`, pluginUnknown(name));
      const last = lastLines(found.logs(), lines);
      if (follow !== 'true') return last;
      // Who asks for the headers alone follows nothing.
      if (method === 'HEAD') return reply.type(EVENTS).send('');
      streams.send(reply, last, found.logs$);
      return reply;
    },
  );
}

/** One that is being installed has written nothing yet, and one that can not be loaded never will. */
function logsOf(plugins: Plugins, name: string): Pick<Plugin, 'logs' | 'logs$'> | undefined {
  if (plugins.has(name)) return plugins.get(name);
  const isSilent = plugins.installing().includes(name) || brokenCalled(plugins, name) !== undefined;
  return isSilent ? { logs: () => [], logs$: EMPTY } : undefined;
}

const lastLines = <T>(all: readonly T[], lines: string | undefined): readonly T[] =>
  lines === undefined ? all : all.slice(Math.max(0, all.length - Number(lines)));
