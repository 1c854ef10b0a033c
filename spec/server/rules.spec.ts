import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { startRest } from '../helpers/rest.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { idle, RuleFolder, startService } from '../helpers/service.js';
import { until } from '../helpers/until.js';
import { unique } from '../helpers/unique.js';

async function twoRules() {
  const folder = new RuleFolder({ 'a.ts': idle('a'), 'b.ts': 'export default 5;' });
  const service = await startService({ rules: [folder.dir] });
  await until(() => service.rules.get('a').status.phase === 'running');
  return { folder, service, rest: await startRest(service) };
}

describe('/rules', () => {
  it('lists rules, and files that do not load with their error', async () => {
    const { folder, rest } = await twoRules();
    const answer = await rest.get('/rules');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } });
    const [a, b] = answer.json<object[]>();
    expect(a).toEqual({ id: 'a', status: 'running', since: expect.any(Number), file: join(folder.dir, 'a.ts') });
    expect(b).toEqual({
      id: 'b.ts',
      status: 'failed',
      since: expect.any(Number),
      file: join(folder.dir, 'b.ts'),
      error: { code: 'ERR_RULE_FILE', message: expect.stringContaining('b.ts') },
    });
  });

  it('tells of one rule, its status and its ledger', async () => {
    const { rest } = await twoRules();
    expect((await rest.get('/rules/a')).json()).toMatchObject({
      id: 'a',
      status: 'running',
      ledger: { balanced: true },
    });
    expect((await rest.get('/rules/a/status')).json()).toEqual({ status: 'running', since: expect.any(Number) });
    expect((await rest.get('/rules/a/ledger')).json()).toEqual({ stages: {}, balanced: true });
    expect((await rest.get('/rules/b.ts/status')).json()).toMatchObject({ error: { code: 'ERR_RULE_FILE' } });
    expect((await rest.get('/rules/b.ts/ledger')).json()).toEqual({ stages: {}, balanced: true });
  });

  it('says what a rule waits for, and when it tries again', async () => {
    const folder = new RuleFolder({
      'again.ts': `import { throwError } from 'rxjs'; import { defineRule } from 'rxport';
        export default defineRule('again', () => throwError(() => new Error('mine')),
          { restart: { delay: 60_000, maxDelay: 60_000, attempts: 9 } });`,
    });
    const plugin = scriptedPlugin();
    const service = await startService({ rules: [folder.dir], watch: true });
    await service.host.plugins.install(plugin.dir);
    await service.host.plugins.stop(plugin.name);
    folder.write(
      'wait.ts',
      `import { defineRule } from 'rxport'; export default defineRule('wait', ({ source }) => source('${plugin.symbol('count')}'));`,
    );
    await until(() => service.rules.list().length === 2 && service.rules.get('wait').status.phase === 'waiting');
    const { get } = await startRest(service);
    expect((await get('/rules/wait/status')).json()).toEqual({
      status: 'waiting',
      since: expect.any(Number),
      on: [expect.stringContaining(plugin.symbol('count'))],
    });
    expect((await get('/rules/again/status')).json()).toEqual({
      status: 'restarting',
      since: expect.any(Number),
      attempt: 1,
      nextTry: expect.any(Number),
      error: { code: 'ERR_USER_FUNCTION', message: expect.stringContaining('mine') },
    });
  });

  it('stops, starts and restarts in the words of eKuiper', async () => {
    const { rest, service } = await twoRules();
    for (const [verb, text, phase] of [
      ['stop', 'Rule a was stopped', 'stopped'],
      ['start', 'Rule a was started', 'running'],
      ['restart', 'Rule a was restarted', 'running'],
    ] as const) {
      expect(await rest.ask('POST', `/rules/a/${verb}`)).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        text,
      });
      expect(service.rules.get('a').status.phase).toBe(phase);
    }
  });

  it.each([
    ['GET', '/rules/nope'],
    ['GET', '/rules/nope/status'],
    ['GET', '/rules/nope/ledger'],
    ['POST', '/rules/nope/start'],
    ['POST', '/rules/nope/stop'],
    ['POST', '/rules/nope/restart'],
  ])('answers 404 to %s %s', async (method, path) => {
    const { rest } = await twoRules();
    const answer = await rest.ask(method, path);
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/json; charset=utf-8' } });
    expect(answer.text).toMatch(/^\{"error":1002,"message":"there is no rule nope.*","code":"ERR_RULE_UNKNOWN",/);
    expect(answer.json()).toMatchObject({ details: { rule: 'nope' } });
  });

  it('answers with the status of the code when a file still does not load', async () => {
    const { rest } = await twoRules();
    expect(await rest.ask('POST', '/rules/b.ts/start')).toMatchObject({ status: 400 });
  });

  it('answers with why a rule that is started has failed at once', async () => {
    const symbol = unique('nobody');
    const folder = new RuleFolder({
      'a.ts': `import { defineRule } from 'rxport';
        export default defineRule('a', ({ source }) => source('${symbol}'), { restart: 'never' });`,
    });
    const rest = await startRest(await startService({ rules: [folder.dir] }));
    for (const verb of ['start', 'restart']) {
      const answer = await rest.ask('POST', `/rules/a/${verb}`);
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ code: 'ERR_SYMBOL_UNKNOWN', message: expect.stringContaining(symbol) });
    }
  });
});

describe('the service as a whole', () => {
  it('is healthy, and ready when all its parts are; else it names those that are not', async () => {
    const id = unique('r');
    const folder = new RuleFolder();
    const plugin = scriptedPlugin();
    const service = await startService({ rules: [folder.dir], watch: true });
    const { get } = await startRest(service);
    expect((await get('/health')).text).toBe('{"status":"ok"}');
    expect(await get('/ready')).toMatchObject({ status: 200, text: '{"ready":true,"not":[]}' });
    await service.host.plugins.install(plugin.dir);
    folder.write(
      'a.ts',
      `import { defineRule } from 'rxport'; export default defineRule('${id}', ({ source }) => source('${plugin.symbol('count')}'));`,
    );
    await until(() => service.rules.list().length === 1 && service.rules.get(id).status.phase === 'running');
    expect((await get('/ready')).status).toBe(200);
    process.kill(service.host.plugins.get(plugin.name).pid ?? 0, 'SIGKILL');
    await until(() => service.rules.get(id).status.phase === 'waiting');
    const answer = await get('/ready');
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({
      ready: false,
      not: expect.arrayContaining([{ what: `rule ${id}`, why: expect.stringMatching(/^waits for source /) }]),
    });
  });

  it('describes every route it has', async () => {
    const { get } = await startRest(await startService());
    const { openapi, paths } = (await get('/openapi.json')).json<{ openapi: string; paths: Record<string, object> }>();
    expect(openapi).toMatch(/^3\./);
    const routes = Object.entries(paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb} ${path}`),
    );
    expect(routes.sort()).toEqual(
      [
        'get /plugins/portables',
        'post /plugins/portables',
        'get /plugins/portables/{name}',
        'put /plugins/portables/{name}',
        'delete /plugins/portables/{name}',
        'get /plugins/portables/{name}/status',
        'get /plugins/portables/{name}/logs',
        'post /plugins/portables/{name}/start',
        'post /plugins/portables/{name}/stop',
        'get /rules',
        'get /rules/{id}',
        'get /rules/{id}/status',
        'get /rules/{id}/ledger',
        'post /rules/{id}/start',
        'post /rules/{id}/stop',
        'post /rules/{id}/restart',
        'get /metrics',
        'get /ready',
        'get /health',
        'get /openapi.json',
      ].sort(),
    );
  });
});
