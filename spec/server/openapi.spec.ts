/** `/openapi.json` beside what is answered: each status of each route, and its type. */
import { expect, it } from '@jest/globals';
import type { OutgoingHttpHeaders } from 'node:http';
import { type Answer, type Rest, startRest } from '../helpers/rest.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { idle, RuleFolder, startService } from '../helpers/service.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

type Contents = Readonly<Record<string, unknown>>;

interface Operation {
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Contents }>>;
  readonly requestBody?: { readonly content: Contents };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Contents };
  readonly security?: readonly unknown[];
}

const TOKEN = { authorization: 'Bearer secret' };
const ALWAYS = ['401 application/json', '403 application/json'];

const documentOf = async ({ get }: Rest): Promise<Document> => (await get('/openapi.json', TOKEN)).json();

/** `get /health 200 application/json`, of all routes; what is the same for all failures is left out. */
const documented = ({ paths }: Document): readonly string[] =>
  Object.entries(paths).flatMap(([route, verbs]) =>
    Object.entries(verbs).flatMap(([verb, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => status !== 'default')
        .flatMap(([status, { content }]) => Object.keys(content).map((type) => `${verb} ${route} ${status} ${type}`)),
    ),
  );

const typeOf = ({ headers }: Answer): string => String(headers['content-type']).split(';', 1)[0] ?? '';

/** A service with a plugin, a rule, and a rule file that does not load. */
async function served() {
  const plugin = scriptedPlugin();
  const id = unique('r');
  const folder = new RuleFolder({ 'good.ts': idle(id), 'bad.ts': 'export default 5;' });
  const service = await startService({ rules: [folder.dir], watch: true });
  await service.host.plugins.install(plugin.dir);
  const rest = await startRest(service, { token: 'secret' });
  const names = { name: plugin.name, id };
  return { plugin, folder, service, rest, names };
}

it('says of each route what it answers, and nothing that it does not', async () => {
  const { plugin, folder, service, rest, names } = await served();
  const { ask } = rest;
  const document = await documentOf(rest);
  const answered = new Set<string>();
  const note = (verb: string, route: string, answer: Answer): void =>
    void answered.add(`${verb} ${route} ${answer.status} ${typeOf(answer)}`);
  const request = async (verb: string, route: string, body?: unknown, query = ''): Promise<void> => {
    const path = route.replace(/\{(\w+)\}/, (_, key: 'name' | 'id') => names[key]) + query;
    note(verb, route, await ask(verb.toUpperCase(), path, body, TOKEN));
  };

  // What nobody may, what can not be read, and what is not there.
  for (const [route, verbs] of Object.entries(document.paths)) {
    for (const verb of Object.keys(verbs)) {
      const nope = route.replace(/\{\w+\}/, 'nope');
      const wrong = async (body?: unknown, headers: OutgoingHttpHeaders = TOKEN): Promise<void> =>
        note(verb, route, await ask(verb.toUpperCase(), nope, body, headers));
      await wrong(undefined, {});
      await wrong(undefined, { ...TOKEN, host: 'evil.example.com' });
      if (nope !== route) await wrong();
      if (verb === 'get') continue;
      await wrong('{');
      await wrong('x'.repeat(1024 * 1024 + 1));
      await wrong('x', { ...TOKEN, 'content-type': 'text/xml' });
    }
  }
  const gets = Object.keys(document.paths).filter((route) => 'get' in (document.paths[route] ?? {}));
  for (const route of gets) await request('get', route);
  folder.write('bad.ts', idle(unique('r')));
  await until(() => service.rules.list().every(({ status }) => status.phase === 'running'));
  await request('get', '/ready');
  const logs = '/plugins/portables/{name}/logs';
  await request('get', logs, undefined, '?lines=-1');
  const followed = await fetch(`${rest.url}${logs.replace('{name}', plugin.name)}?follow=true`, { headers: TOKEN });
  answered.add(`get ${logs} ${followed.status} ${followed.headers.get('content-type')}`);
  await followed.body?.cancel();

  for (const verb of ['stop', 'start', 'restart']) await request('post', `/rules/{id}/${verb}`);
  for (const verb of ['stop', 'start']) await request('post', `/plugins/portables/{name}/${verb}`);
  const body = { name: plugin.name, file: zipped(plugin.dir, plugin.name).url };
  await request('put', '/plugins/portables/{name}', body);
  await request('delete', '/plugins/portables/{name}');
  await request('post', '/plugins/portables', body);

  expect([...answered].sort()).toEqual([...documented(document)].sort());
});

it('says of each route that it may be refused, and that any other failure is JSON', async () => {
  const { paths } = await documentOf(await startRest(await startService()));
  for (const { responses } of Object.values(paths).flatMap((verbs) => Object.values(verbs))) {
    const told = Object.entries(responses).flatMap(([status, { content }]) =>
      Object.keys(content).map((type) => `${status} ${type}`),
    );
    expect(told).toEqual(expect.arrayContaining([...ALWAYS, 'default application/json']));
    for (const { description } of Object.values(responses)) expect(description).not.toBe('Default Response');
  }
});

it('says which bodies are taken, and asks for a token where there is one', async () => {
  const service = await startService();
  const guarded = await documentOf(await startRest(service, { token: 'secret' }));
  const bearer = expect.objectContaining({ type: 'http', scheme: 'bearer' });
  expect(guarded).toMatchObject({ components: { securitySchemes: { bearer } }, security: [{ bearer: [] }] });
  expect(await documentOf(await startRest(service))).not.toHaveProperty('security');
  expect(Object.keys(guarded.paths['/plugins/portables']?.['post']?.requestBody?.content ?? {})).toEqual([
    'application/json',
    'application/x-www-form-urlencoded',
  ]);
});
