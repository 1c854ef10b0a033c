import type { FastifyInstance } from 'fastify';
import type { Service } from '../service/service.js';
import { sendText } from './failure.js';
import * as schemas from './rule-schemas.js';
import { describeRule, describeStatus } from './rule-views.js';

interface Identified {
  readonly Params: { readonly id: string };
}

/** The rules of the service's files. What fails is told under the status of its code. */
export function ruleRoutes(app: FastifyInstance, { rules }: Service): void {
  app.get('/rules', { schema: schemas.list }, async () => rules.list().map(describeRule));

  app.get<Identified>('/rules/:id', { schema: schemas.get }, async ({ params: { id } }) => {
    const rule = rules.get(id);
    return { ...describeRule(rule), ledger: rule.ledger() };
  });

  app.get<Identified>('/rules/:id/status', { schema: schemas.status }, async ({ params: { id } }) =>
    describeStatus(rules.get(id)),
  );

  app.get<Identified>('/rules/:id/ledger', { schema: schemas.ledger }, async ({ params: { id } }) =>
    rules.get(id).ledger(),
  );

  for (const [verb, done] of [
    ['start', 'started'],
    ['stop', 'stopped'],
    ['restart', 'restarted'],
  ] as const) {
    app.post<Identified>(`/rules/:id/${verb}`, { schema: schemas[verb] }, async ({ params: { id } }, reply) => {
      await rules[verb](id);
      return sendText(reply, 200, `Rule ${id} was ${done}`);
    });
  }
}
