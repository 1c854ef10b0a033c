import type { FastifyInstance } from 'fastify';
import type { Service } from '../service/service.js';
import { always, data, samples } from './answers.js';
import type { Metrics } from './metrics.js';
import { notReady } from './readiness.js';
import { array, object, string } from './schema.js';

const tags = ['service'];
const health = {
  tags,
  summary: 'Whether the process answers',
  response: { 200: data(object({ status: string() })), ...always },
};
const readiness = object({
  ready: { type: 'boolean' },
  not: array(object({ what: string(), why: string() }), 'What does not do its work.'),
});
const ready = {
  tags,
  summary: 'Whether everything does its work',
  response: { 200: data(readiness, 'It does.'), 503: data(readiness, 'Something does not.'), ...always },
};
const metricsText = {
  tags,
  summary: 'Metrics in the text format of Prometheus',
  response: { 200: samples, ...always },
};
const openapi = { tags, summary: 'This description', response: { 200: data({ type: 'object' }), ...always } };

/** What tells of the service as a whole. */
export function healthRoutes(app: FastifyInstance, { host, rules }: Service, metrics: Metrics): void {
  app.get('/health', { schema: health }, async () => ({ status: 'ok' }));

  app.get('/ready', { schema: ready }, async (_, reply) => {
    const not = notReady(host.plugins, rules);
    return reply.code(not.length === 0 ? 200 : 503).send({ ready: not.length === 0, not });
  });

  app.get('/metrics', { schema: metricsText }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.read()),
  );

  app.get('/openapi.json', { schema: openapi }, async () => app.swagger());
}
