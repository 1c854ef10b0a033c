import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { body, devServer, typescriptPlugin } from '../helpers/dev-server.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const MAIN = `
import { appendFileSync } from 'node:fs';
import { interval, map, type Observable } from 'rxjs';
import { plugin } from 'rxport/sdk';

interface Settings { readonly from?: number; readonly path?: string }

plugin({
  name: 'NAME',
  sources: {
    count: ({ config }: { config: Settings }): Observable<unknown> =>
      interval(10).pipe(map((i) => ({ i: i + (config.from ?? 0) }))),
  },
  functions: {
    upper: (text: string) => text.toUpperCase(),
    broken: () => { throw new Error('no luck'); },
    where: () => [import.meta.url, process.cwd()],
  },
  sinks: {
    note: ({ config }: { config: Settings }) => (value: unknown) => {
      if (value === 'bad') throw new Error('not this one');
      appendFileSync(config.path ?? '', JSON.stringify(value) + '\\n');
    },
  },
});
`;
const MANIFEST = { sources: ['count'], sinks: ['note'], functions: ['upper', 'broken', 'where'] };

describe('the test server over a plugin in TypeScript', () => {
  it('builds and starts it, and runs its source, function and sink', async () => {
    const { dir, main } = typescriptPlugin(MAIN, MANIFEST);
    const server = await devServer({ folder: dir });

    const source = body('source', 'count', { config: { from: 100 } });
    expect(await server.post('/symbol/start', source)).toMatchObject({ status: 200, body: { phase: 'running' } });
    const tap = await server.events('/symbol/tap?symbolName=count');
    await until(() => tap.length > 2, 'tuples');
    expect(tap[0]).toMatchObject({ event: 'message', data: { message: { i: expect.any(Number) }, meta: {} } });

    expect(await server.post('/symbol/exec', { symbolName: 'upper', args: ['abc'] })).toEqual({
      status: 200,
      body: { result: 'ABC' },
    });
    expect(await server.post('/symbol/exec', { symbolName: 'where' })).toMatchObject({
      body: { result: [`file://${main}`, dir] },
    });
    expect(await server.post('/symbol/exec', { symbolName: 'broken', args: [] })).toMatchObject({
      status: 502,
      body: { code: 'ERR_CALL_FAILED', message: expect.stringContaining('no luck') },
    });

    const path = join(tempFolder(), 'out');
    expect(await server.post('/symbol/start', body('sink', 'note', { config: { path } }))).toMatchObject({
      status: 200,
    });
    expect(await server.post('/symbol/send', { symbolName: 'note', data: { a: 1 }, ack: true })).toEqual({
      status: 200,
      body: { written: true, bytes: 7, ack: { ok: true } },
    });
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n');

    const { body: all } = await server.get('/symbol');
    expect(all).toMatchObject({ plugin: { phase: 'ready' }, symbols: [{}, {}, {}, {}, {}] });
    expect(await server.post('/symbol/stop', source)).toMatchObject({ status: 200, body: { phase: 'ended' } });
    await until(() => tap.at(-1)?.event === 'end', 'the end of the tap');
  });
});
