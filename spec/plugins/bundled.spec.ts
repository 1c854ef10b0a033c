/** The bundled plugins as the build made them, in processes of their own. */
import { describe, expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom, map, take, tap, toArray } from 'rxjs';
import { tumbling, validate } from 'rxport/operators';
import type { Host } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { none } from '../helpers/none.js';
import { root } from '../helpers/toolchains.js';
import { unique } from '../helpers/unique.js';

const weather = `${root}node_modules/vega-datasets/data/seattle-weather.csv`;
const DAYS = 1_461;

async function hostWith(...names: readonly string[]): Promise<Host> {
  const host = await startHost();
  for (const name of names) await host.plugins.install(`${root}dist/plugins/${name}`);
  return host;
}

describe('the plugin telemetry', () => {
  it('reads the machine and scores what it reads', async () => {
    const host = await hostWith('telemetry');
    const Machine = t.type({ at_ms: t.number, cpu_percent: t.number, disk_total_bytes: t.number });
    const scores: number[] = [];
    const rule = host.rule(unique('r'), ({ source, call }) =>
      source('machine', { confKey: 'fast', config: { interval: 10 } }).pipe(
        validate(Machine),
        take(5),
        call(
          'deviation',
          ({ cpu_percent }) => ['cpu', cpu_percent],
          (_, z: number) => z,
        ),
        tap((z) => scores.push(z)),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(scores.length).toBe(5);
    expect(scores[0]).toBe(0);
    expect(rule.ledger().balanced).toBe(true);
  });

  it('counts a call with a wrong argument as failed, and goes on', async () => {
    const host = await hostWith('telemetry');
    const rule = host.rule(unique('r'), ({ source, call }) =>
      source('machine', { config: { interval: 5 } }).pipe(
        take(3),
        map((_, index) => (index === 1 ? 'hot' : index)),
        call('deviation', (value) => ['k', value]),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(rule.ledger().stages['call deviation']).toMatchObject({ passed: 2, failed: { ERR_CALL_FAILED: 1 } });
  });
});

describe('the plugin replay', () => {
  it('plays a data set to its end, event times in the meta', async () => {
    const host = await hostWith('replay');
    const years: { readonly year: number; readonly days: number }[] = [];
    const rule = host.rule(unique('r'), ({ source }) =>
      source('replay', { dataSource: weather, config: { time: 'date' } }).tuples.pipe(
        map(({ meta }) => Number(meta.event_time_ms)),
        tumbling(86_400_000, { at: (time) => time }),
        map(({ start }) => new Date(start).getUTCFullYear()),
        toArray(),
        tap((all) => {
          for (const year of new Set(all)) years.push({ year, days: all.filter((one) => one === year).length });
        }),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(years.map(({ days }) => days)).toEqual([366, 365, 365, 365]);
    const { stages, balanced } = rule.ledger();
    expect(stages['source replay']).toMatchObject({ received: DAYS, passed: DAYS, dropped: none });
    expect(balanced).toBe(true);
  });

  it('stops at once while the next row is a day away', async () => {
    const host = await hostWith('replay');
    const rule = host.rule(unique('r'), ({ source }) =>
      source('replay', { dataSource: weather, config: { time: 'date', speed: 1 } }),
    );
    await firstValueFrom(rule.status$.pipe(filter(({ phase }) => phase === 'running')));
    expect(await rule.stop()).toEqual({ drained: true, dropped: {} });
    const said = host.plugins.get('replay').logs();
    expect(said.filter(({ text }) => text.includes('did not end'))).toEqual([]);
  });

  it('fails a rule whose file is not there, and says which', async () => {
    const host = await hostWith('replay');
    const rule = host.rule(unique('r'), ({ source }) => source('replay', { dataSource: '/no/such.csv' }), {
      restart: 'never',
    });
    expect(await rule.done).toMatchObject({
      phase: 'failed',
      error: { code: 'ERR_SYMBOL_REFUSED', message: expect.stringContaining('/no/such.csv can not be read: ENOENT') },
    });
  });
});

describe('every bundled plugin', () => {
  it.each(readdirSync(`${root}plugins`))('%s describes its symbols and has a README', (name) => {
    const files = readdirSync(join(root, 'plugins', name), { recursive: true, encoding: 'utf8' });
    const manifest = manifestOf(name);
    const described = (['sources', 'sinks', 'functions'] as const).flatMap((kind) =>
      (manifest[kind] ?? []).map((symbol) => `${kind}/${symbol}.json`),
    );
    // eKuiper refuses a plugin without the YAML of a source.
    const configured = (manifest.sources ?? []).map((symbol) => `sources/${symbol}.yaml`);
    expect(files).toEqual(expect.arrayContaining(['README.md', ...described, ...configured]));
  });

  it('has symbols that no other one has', () => {
    const symbols = readdirSync(`${root}plugins`)
      .map(manifestOf)
      .flatMap(({ sources = [], sinks = [], functions = [] }) => [...sources, ...sinks, ...functions]);
    expect(new Set(symbols).size).toBe(symbols.length);
  });
});

type Manifest = Partial<Record<'sources' | 'sinks' | 'functions', readonly string[]>>;

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, 'plugins', name, `${name}.json`), 'utf8')) as Manifest;
