import type { FastifyInstance, FastifyReply } from 'fastify';
import {
  nameInvalid,
  pluginArriving,
  pluginBusy,
  pluginExists,
  pluginUnknown,
  requestInvalid,
  type RxportError,
} from '../errors.js';
import { pluginFolders } from '../install/folders.js';
import { countEntries } from '../service/count-entries.js';
import { type SourcePolicy, withPackage } from '../service/package-source.js';
import type { Service } from '../service/service.js';
import { isName } from '../wire/names.js';
import { originOf } from './origin.js';
import { asError, sendText, sendWords } from './failure.js';
import * as schemas from './plugin-schemas.js';
import { brokenCalled, type Named } from './plugin-routes.js';
import { type Asked, notInstalled } from './plugin-words.js';

interface Package {
  readonly name?: string;
  readonly file?: string;
  readonly shellParas?: readonly string[];
}

interface UpdateQuery {
  readonly strategy?: 'overlap' | 'replace';
  readonly force?: 'true' | 'false';
}

/** Installs and updates, in eKuiper's words. */
export function packageRoutes(app: FastifyInstance, service: Service, sources: Omit<SourcePolicy, 'staging'>): void {
  const { plugins } = service.host;
  const isComing = (name: string): boolean => plugins.installing().includes(name);
  const policy = { ...sources, staging: pluginFolders(service.dir).staging };

  app.post<{ Body: Package }>('/plugins/portables', { schema: schemas.create }, async ({ body }, reply) => {
    const { file = '', shellParas } = body;
    const name = body.name?.trim() ?? '';
    const asked = { command: 'create', name, file } as const;
    if (name === '') return refuse(reply, asked, requestInvalid('invalid name : should not be empty'));
    // Before it comes near a path.
    if (!isName(name)) return refuse(reply, asked, nameInvalid('plugin', name));
    if (plugins.has(name)) return refuse(reply, asked, pluginExists(name, plugins.get(name).dir));
    if (isComing(name)) return refuse(reply, asked, pluginArriving(name));
    const error = await attempt(asked, policy, (path) =>
      plugins.install(path, { name, origin: originOf(file), shellParas }),
    );
    return error?.send(reply) ?? sendText(reply, 201, `portable plugin ${name} is created`);
  });

  app.put<Named & { Body: Package; Querystring: UpdateQuery }>(
    '/plugins/portables/:name',
    { schema: schemas.update },
    async ({ params: { name }, body, query: { strategy = 'overlap', force } }, reply) => {
      const { file = '', shellParas } = body;
      const asked = { command: 'update', name, file } as const;
      const other = body.name?.trim() ?? '';
      if (other !== name) return refuse(reply, asked, requestInvalid(`invalid name ${other}: the path names ${name}`));
      if (isComing(name)) return refuse(reply, asked, pluginBusy(name));
      if (!plugins.has(name) && brokenCalled(plugins, name) === undefined)
        return refuse(reply, asked, pluginUnknown(name));
      const options = { strategy, force: force === 'true', origin: originOf(file), shellParas };
      const error = await attempt(asked, policy, (path) => plugins.update(name, path, options));
      return error?.send(reply) ?? sendText(reply, 200, `portable plugin ${name} is updated`);
    },
  );
}

const refuse = (reply: FastifyReply, asked: Asked, error: RxportError): FastifyReply =>
  sendWords(reply, 400, notInstalled(error, asked), error);

interface Refusal {
  send(reply: FastifyReply): FastifyReply;
}

/** Does it with the package; answers why not. */
async function attempt(
  asked: Asked,
  policy: SourcePolicy,
  work: (path: string) => Promise<unknown>,
): Promise<Refusal | undefined> {
  let entries: number | undefined;
  const counted = async (path: string): Promise<void> => {
    try {
      await work(path);
    } catch (error) {
      // While it is there.
      entries = await countEntries(path);
      throw error;
    }
  };
  try {
    await withPackage(asked.file, policy, counted);
    return undefined;
  } catch (thrown) {
    const error = asError(thrown);
    return { send: (reply) => refuse(reply, { ...asked, entries }, error) };
  }
}
