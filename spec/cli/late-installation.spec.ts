import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import type { PluginStatus } from '../../lib/cli/answers.js';
import { verdictOf } from '../../lib/cli/late-installation.js';
import { RestBackend } from '../../lib/cli/rest-backend.js';
import { RestClient } from '../../lib/cli/rest-client.js';
import { type Answer, RestService } from '../helpers/rest-service.js';
import { PLUGINS } from '../helpers/thermo-service.js';
import { until } from '../helpers/until.js';

const said = (status: string, errMsg = ''): PluginStatus => ({ refCount: {}, status, errMsg });

it.each([
  ['a plugin that is coming', said('initializing'), 'pending'],
  ['one that runs', said('running'), 'done'],
  ['one that was stopped since', said('stop'), 'done'],
  ['one that has failed', said('error'), 'lost'],
  ['one that is not known', undefined, 'lost'],
])('the installation of %s', (_, status, verdict) => {
  expect(verdictOf(status)).toBe(verdict);
});

const UNKNOWN: Answer = { status: 404, body: { error: 1002, message: 'not found', code: 'ERR_PLUGIN_UNKNOWN' } };

/** A service that does not answer the installation, and says one thing after another when it is asked for the status. */
async function lateService(told: readonly (PluginStatus | undefined)[], most = 5_000) {
  let asked = 0;
  const answer = (response: ServerResponse): void => {
    const status = told[Math.min(asked++, told.length - 1)];
    const { status: code = 200, body } =
      status === undefined ? (UNKNOWN as { status: number; body: unknown }) : { body: status };
    response.writeHead(code).end(JSON.stringify(body));
  };
  const service = await RestService.listen({
    [`POST ${PLUGINS}`]: () => undefined,
    [`GET ${PLUGINS}/thermo/status`]: answer,
  });
  const interrupt = new AbortController();
  const client = new RestClient({ url: service.url, signal: interrupt.signal });
  const backend = new RestBackend(service.url, client, { request: 100, look: 5, most });
  return { service, interrupt, install: (source: string) => backend.install(source, { name: 'thermo' }) };
}

/** How often it was asked for the status: of the installation it may not have heard, which was given up at once. */
const looks = ({ asked }: RestService): readonly string[] =>
  asked.map(({ what }) => what).filter((what) => what.startsWith('GET'));

describe('an installation that takes longer than a request', () => {
  it('is done when the plugin is', async () => {
    const { install, service } = await lateService([said('initializing'), said('initializing'), said('running')]);
    expect(await install('/t.zip')).toEqual({ name: 'thermo', text: 'portable plugin thermo is created' });
    expect(looks(service)).toHaveLength(3);
  });

  it.each([
    ['is gone', [said('initializing'), undefined], 'the service does not know it any more'],
    ['has failed', [said('error', 'it keeps crashing')], 'it keeps crashing'],
  ])('has failed when the plugin %s', async (_, told, text) => {
    const { install } = await lateService(told);
    await expect(install('/t.zip')).rejects.toMatchObject({
      code: 'ERR_PLUGIN_FAILED',
      message: expect.stringContaining(text),
    });
  });

  it('is not waited for without end', async () => {
    const { install } = await lateService([said('initializing')], 200);
    await expect(install('/t.zip')).rejects.toMatchObject({
      code: 'ERR_CLI_TIMEOUT',
      message: expect.stringContaining('it may still be at work: rxport plugin status thermo'),
    });
  });

  it('is not waited for by whoever has said how long', async () => {
    const { install, service } = await lateService([said('initializing')], 0);
    await expect(install('/t.zip')).rejects.toMatchObject({ code: 'ERR_CLI_TIMEOUT' });
    expect(looks(service)).toEqual([]);
  });

  it('goes on when the command is interrupted', async () => {
    const { install, service, interrupt } = await lateService([said('initializing')]);
    const installing = install('/t.zip');
    const failed = expect(installing).rejects.toMatchObject({
      code: 'ERR_CLI_INTERRUPTED',
      message: expect.stringContaining(
        'the service goes on with it: rxport plugin status thermo, or rxport plugin remove',
      ),
    });
    await until(() => looks(service).length > 1, 'the status is asked for');
    interrupt.abort();
    await failed;
  });
});
