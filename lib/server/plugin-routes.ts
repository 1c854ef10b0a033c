import type { FastifyInstance } from 'fastify';
import { basename } from 'node:path';
import type { BrokenPlugin, Plugins } from '../control/plugins.js';
import { pluginBusy, pluginUnknown } from '../errors.js';
import type { Service } from '../service/service.js';
import { asError, sendFailure, sendText, sendWords } from './failure.js';
import { describeBroken, describePlugin, notRemoved, statusOfPlugin } from './plugin-words.js';
import * as schemas from './plugin-schemas.js';

export interface Named {
  readonly Params: { readonly name: string };
}

export const brokenCalled = (plugins: Plugins, name: string): BrokenPlugin | undefined =>
  plugins.broken().find(({ dir }) => basename(dir) === name);

/** What is installed, with the paths, verbs, texts and status codes of eKuiper, and beyond it start and stop. */
export function pluginRoutes(app: FastifyInstance, { host: { plugins } }: Service): void {
  app.get('/plugins/portables', { schema: schemas.list }, async () => [
    ...plugins.list().map(describePlugin),
    ...plugins
      .broken()
      .filter(({ dir }) => !plugins.has(basename(dir)))
      .map(describeBroken),
  ]);

  app.get<Named>('/plugins/portables/:name', { schema: schemas.get }, async ({ params: { name } }, reply) => {
    if (plugins.has(name)) return describePlugin(plugins.get(name));
    const isComing = plugins.installing().includes(name);
    const broken = isComing ? undefined : brokenCalled(plugins, name);
    if (broken !== undefined) return describeBroken(broken);
    const why = isComing ? pluginBusy(name) : pluginUnknown(name);
    return sendWords(reply, 404, `describe portable plugin ${name} error: not found`, why);
  });

  app.get<Named>('/plugins/portables/:name/status', { schema: schemas.status }, async ({ params: { name } }, reply) => {
    if (plugins.has(name)) return statusOfPlugin(plugins.get(name));
    if (plugins.installing().includes(name)) return { refCount: {}, status: 'initializing', errMsg: '' };
    const broken = brokenCalled(plugins, name);
    if (broken !== undefined) return { refCount: {}, status: 'error', errMsg: broken.error.message };
    return sendWords(reply, 404, `portable plugin ${name} not found: not found`, pluginUnknown(name));
  });

  app.delete<Named & { Querystring: { readonly force?: 'true' | 'false' } }>(
    '/plugins/portables/:name',
    { schema: schemas.remove },
    async ({ params: { name }, query: { force } }, reply) => {
      try {
        await plugins.remove(name, { force: force === 'true' });
      } catch (thrown) {
        const error = asError(thrown);
        return sendWords(reply, 400, notRemoved(error, name), error);
      }
      return sendText(reply, 200, `portable plugin ${name} is deleted`);
    },
  );

  for (const [verb, done] of [
    ['start', 'started'],
    ['stop', 'stopped'],
  ] as const) {
    app.post<Named>(
      `/plugins/portables/:name/${verb}`,
      { schema: schemas[verb] },
      async ({ params: { name } }, reply) => {
        try {
          await plugins[verb](name);
        } catch (thrown) {
          return sendFailure(reply, asError(thrown));
        }
        return sendText(reply, 200, `portable plugin ${name} is ${done}`);
      },
    );
  }
}
