import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { filter, map } from 'rxjs';
import * as t from 'io-ts';
import { faultOf } from '../control/fault-of.js';
import { ERROR_CODES, askedWrongly, routeUnknown, RxportError, userError } from '../errors.js';
import type { Logger } from '../log.js';
import type { EventStreams } from '../server/event-streams.js';
import { type GuardOptions, judge } from '../server/guard.js';
import { Name } from '../wire/names.js';
import { ControlBody, decodeBody, ExecBody, SendBody } from './bodies.js';
import type { PluginUnderTest } from './plugin-under-test.js';
import { shown } from './started.js';
import type { Symbols } from './symbols.js';

export interface RouteParts {
  readonly plugin: PluginUnderTest;
  readonly symbols: Symbols;
  /** Lines of the transcript. Hot. */
  readonly transcript$: Observable<string>;
  readonly streams: EventStreams;
  readonly log: Logger;
  readonly guard: GuardOptions;
}

const HELP = {
  'POST /symbol/start':
    '{"symbolName","meta":{"ruleId","opId","instanceId"},"pluginType":"source|sink|func","config":{}}',
  'POST /symbol/stop': 'the same body; of its meta what tells it from others is enough',
  'POST /symbol/exec': '{"symbolName","args":[]}: calls a function',
  'POST /symbol/send': '{"symbolName" or "meta","data","ack":false}: one value for a sink',
  'GET /symbol': 'the plugin, and what runs in it',
  'GET /symbol/tap?symbolName=…': 'what comes out of a source, as server-sent events',
  'GET /trace': 'what goes over the wire, as server-sent events',
};

const TapQuery = t.intersection([
  t.type({ symbolName: Name }, 'a query'),
  t.partial({ ruleId: Name, opId: Name }, 'a query'),
]);

export function addRoutes(
  app: FastifyInstance,
  { plugin, symbols, transcript$, streams, log, guard }: RouteParts,
): void {
  // Before the body is read.
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    const refusal = judge(request, guard);
    if (refusal !== undefined) throw refusal;
  });
  // What curl -d sends without a header is JSON as well: who may write is not told by the content type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch (cause) {
      done(askedWrongly(nameOf(request), [`the body is no JSON: ${(cause as Error).message}`]));
    }
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, log));
  app.setNotFoundHandler((request) => {
    throw routeUnknown(nameOf(request), 'GET /');
  });

  app.get('/', () => ({ plugin: plugin.name, ...(plugin.byHand && { start: plugin.byHand.text }), requests: HELP }));
  app.get('/symbol', () => ({ plugin: pluginView(plugin), symbols: symbols.list() }));
  app.post('/symbol/start', ({ body }) => symbols.start(decodeBody(ControlBody, body, 'POST /symbol/start')));
  app.post('/symbol/stop', ({ body }) => symbols.stop(decodeBody(ControlBody, body, 'POST /symbol/stop')));
  app.post('/symbol/exec', async ({ body }) => {
    const { symbolName, args = [] } = decodeBody(ExecBody, body, 'POST /symbol/exec');
    return { result: (await symbols.exec(symbolName, args)) ?? null };
  });
  app.post('/symbol/send', ({ body }) => {
    const where = 'POST /symbol/send';
    const { symbolName, meta, data, ack = false } = decodeBody(SendBody, body, where);
    if (data === undefined) throw askedWrongly(where, ['data is missing: any JSON value']);
    return symbols.send(symbolName, meta, data, ack);
  });
  app.get('/symbol/tap', (request, reply) => {
    const { symbolName, ...meta } = decodeBody(TapQuery, request.query, 'GET /symbol/tap');
    const { tuples$, owner } = symbols.source(symbolName, meta);
    const errors$ = owner.events$.pipe(
      filter((event) => event.type === 'error'),
      map(({ at, error }) => ({ at, ...shown(error) })),
    );
    streams.open(reply, (events) => {
      const all = tuples$.subscribe({
        next: (tuple) => events.send(tuple),
        complete: () => {
          events.send({ phase: owner.state.phase }, 'end');
          events.end();
        },
      });
      all.add(errors$.subscribe((error) => events.send(error, 'error')));
      return all;
    });
  });
  app.get('/trace', (_, reply) => {
    streams.send(reply, [], transcript$);
  });
}

function pluginView({ link, byHand }: PluginUnderTest) {
  const { state, plugin, journal } = link;
  const fault = faultOf(state, journal.lastErrors);
  const { version, language, sources, sinks, functions } = plugin.manifest;
  return {
    name: plugin.name,
    version,
    language,
    phase: state.phase,
    // Nobody knows it of a process that was started by hand.
    ...('pid' in state && { pid: byHand === undefined ? state.pid : null, since: state.since }),
    ...(fault && { error: shown(fault) }),
    sources,
    sinks,
    functions,
    ...(byHand && { start: byHand.text }),
  };
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const told = asOurs(error, request);
  const status = told === error ? ERROR_CODES[told.code].http : (statusOf(error) ?? 500);
  if (status === 500) log.error({ code: told.code }, told.message);
  void reply.code(status).send(shown(told));
}

/** Fastify's own errors have a status: a body that is too large, say. */
function asOurs(error: unknown, request: FastifyRequest): RxportError {
  if (error instanceof RxportError) return error;
  return statusOf(error) === undefined
    ? userError(nameOf(request), error)
    : askedWrongly(nameOf(request), [(error as Error).message]);
}

function statusOf(error: unknown): number | undefined {
  const { statusCode } = error as { readonly statusCode?: number };
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

const nameOf = ({ method, url }: FastifyRequest): string => `${method} ${url.split('?')[0]}`;
