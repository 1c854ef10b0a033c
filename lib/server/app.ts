import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { reasonOf, requestInvalid, routeUnknown } from '../errors.js';
import type { SourcePolicy } from '../service/package-source.js';
import type { Service } from '../service/service.js';
import type { EventStreams } from './event-streams.js';
import { asError, BODY_LIMIT, failure, sendFailure, sendWords } from './failure.js';
import { type GuardOptions, judge } from './guard.js';
import { healthRoutes } from './health-routes.js';
import { logRoutes } from './log-routes.js';
import type { Metrics } from './metrics.js';
import { packageRoutes } from './package-routes.js';
import { pluginRoutes } from './plugin-routes.js';
import { ruleRoutes } from './rule-routes.js';
import { refusesUnread } from './unread-request.js';

export interface AppParts {
  readonly service: Service;
  readonly guard: GuardOptions;
  readonly sources: Omit<SourcePolicy, 'staging'>;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
}

/** Milliseconds in which a request has to be there. */
const REQUEST_TIMEOUT = 30_000;
/** Milliseconds between two looks at which requests are late. */
const LOOK = 5_000;

/** All routes behind the guard. */
export async function createApp({ service, guard, sources, streams, metrics }: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    // Who names no host is refused by the guard, with a reason. Node looks every 30 s, and takes the larger of its two limits for the body: that of the headers is 60 s by itself.
    http: {
      requestTimeout: REQUEST_TIMEOUT,
      headersTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: LOOK,
      requireHostHeader: false,
    },
    forceCloseConnections: true,
    // As long as a line of a request may be: a long name is one that is not there.
    routerOptions: { maxParamLength: 16 * 1024 },
    frameworkErrors: (thrown, request, reply) => void sendFailure(secured(reply), asError(thrown, request)),
    clientErrorHandler: refusesUnread(failure),
    // Nothing is taken for something else: a name that is a number is none.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  protect(app, guard);
  // The schemas of answers are for readers: what is sent is what the handler says.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((thrown, request, reply) => {
    const error = asError(thrown, request);
    if (error.code === 'ERR_INTERNAL') service.log.error({ url: request.url }, error.message);
    return sendFailure(reply, error);
  });
  app.setNotFoundHandler((request, reply) =>
    sendFailure(reply, routeUnknown(`${request.method} ${request.url}`, 'GET /openapi.json')),
  );
  await app.register(swagger, { openapi: describing(guard) });
  await app.register(async (plugins) => {
    takesWords(plugins);
    pluginRoutes(plugins, service);
    packageRoutes(plugins, service, sources);
    logRoutes(plugins, service, streams);
  });
  await app.register(async (rest) => {
    ruleRoutes(rest, service);
    healthRoutes(rest, service, metrics);
  });
  return app;
}

/** What `/openapi.json` says of all routes together. */
function describing({ token }: GuardOptions): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  const bearer = {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that the server was started with.',
  } as const;
  return {
    openapi: '3.0.3',
    info: { title: 'rxport', version: '1' },
    components: { securitySchemes: { bearer } },
    ...(token !== undefined && { security: [{ bearer: [] }] }),
  };
}

const secured = (reply: FastifyReply): FastifyReply =>
  reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');

/** Before anything of a body is read. */
function protect(app: FastifyInstance, guard: GuardOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    secured(reply);
    const refusal = judge(request, guard);
    if (refusal !== undefined) throw refusal;
  });
  app.removeAllContentTypeParsers();
  // The second one is what curl says of any `-d`, and eKuiper looks at neither.
  const types = ['application/json', 'application/x-www-form-urlencoded'];
  app.addContentTypeParser(types, { parseAs: 'string' }, (_, text: string, done) => {
    try {
      done(null, text.trim() === '' ? undefined : JSON.parse(text));
    } catch (cause) {
      done(requestInvalid(reasonOf(cause), cause));
    }
  });
}

/** A body that is wrong is answered in eKuiper's words. */
function takesWords(app: FastifyInstance): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = asError(thrown, request);
    if (error.code !== 'ERR_REQUEST_INVALID') return sendFailure(reply, error);
    const isBody =
      error.cause instanceof SyntaxError || (thrown as { validationContext?: string }).validationContext === 'body';
    const words = `Invalid body: Error decoding the portable plugin json: ${error.message}`;
    return sendWords(reply, 400, isBody ? words : error.message, error);
  });
}
