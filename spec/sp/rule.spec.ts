import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, concatMap, delay, from, of, take, tap, timer } from 'rxjs';
import type { Host } from '../../lib/index.js';
import { copyFixture, type FixtureKind } from '../helpers/fixture.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { describeWith, toolchain } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

interface Counted {
  readonly i: number;
}

const names = {
  go: { source: 'random', add: 'add', sink: 'file' },
  python: { source: 'pyrandom', add: 'pyadd', sink: 'pyfile' },
} as const;

const counted = (count: number): readonly Counted[] => Array.from({ length: count }, (_, i) => ({ i }));

/** A host with one plugin in it. */
async function hostWith(kind: FixtureKind, transport: 'native' | 'nanomsg') {
  const host: Host = await startHost({ transport });
  const fixture = copyFixture(kind);
  await host.plugins.install(fixture.dir);
  const symbol = (role: 'source' | 'add' | 'sink'): string => fixture.symbol(names[kind][role]);
  return { host, symbol, path: join(tempFolder(), 'out') };
}

function rules(kind: FixtureKind, transport: 'native' | 'nanomsg'): void {
  it('takes values from a source through a function into a sink, and ends', async () => {
    const { host, symbol, path } = await hostWith(kind, transport);
    const rule = host.rule(unique('r'), ({ source, call, sink }) =>
      source<Counted>(symbol('source'), { config: { interval: 2 } })
        .pipe(
          take(50),
          call(
            symbol('add'),
            ({ i }) => [i, 1],
            ({ i }, sum: number) => ({ i, sum }),
          ),
        )
        .subscribe(sink(symbol('sink'), { config: { path } })),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual(counted(50).map(({ i }) => ({ i, sum: i + 1 })));
    expect(rule.ledger().balanced).toBe(true);
  });

  it('delivers all that a sink has taken before it stops the plugin', async () => {
    const { host, symbol, path } = await hostWith(kind, transport);
    const values = counted(3_000);
    const rule = host.rule(unique('r'), ({ sink }) =>
      from(values).subscribe(sink(symbol('sink'), { config: { path } })),
    );
    expect((await rule.done).phase).toBe('completed');
    // A Go sink works off what it has read after it was told to stop.
    await until(() => linesOf(path).length >= values.length, 'the sink has written all');
    expect(linesOf(path)).toEqual(values);
  });

  it('stops while its source goes on, and can be started again', async () => {
    const { host, symbol } = await hostWith(kind, transport);
    const id = unique('r');
    for (let round = 0; round < 2; round += 1) {
      let seen = 0;
      let enough: () => void;
      const flowing = new Promise<void>((resolve) => (enough = resolve));
      const rule = host.rule(id, ({ source }) =>
        source<Counted>(symbol('source'), { config: { interval: 1 } }).pipe(tap(() => (seen += 1) === 20 && enough())),
      );
      await flowing;
      const { phase } = await rule.stop().then(() => rule.done);
      expect(phase).toBe('stopped');
      expect(rule.ledger().balanced).toBe(true);
      expect(seen).toBeGreaterThanOrEqual(20);
    }
  });
}

for (const kind of ['go', 'python'] satisfies FixtureKind[]) {
  describeWith(kind, `a rule over a ${kind} plugin`, () => {
    describe('and the native transport', () => rules(kind, 'native'));
    if (toolchain('nanomsg').ok) describe('and the nanomsg transport', () => rules(kind, 'nanomsg'));
  });
}

describeWith('python', 'an empty payload', () => {
  it('is not sent to a Python plugin, whose SDK would end the sink', async () => {
    const { host, symbol, path } = await hostWith('python', 'native');
    const errors: string[] = [];
    // The pause lets a plugin that got the empty one end before the next.
    const values = concat(from(['first', '', new Uint8Array(0)]), timer(300).pipe(concatMap(() => of('last'))));
    const rule = host.rule(unique('r'), ({ sink }) =>
      values.pipe(delay(50)).subscribe(sink(symbol('sink'), { config: { path }, encode: 'raw' })),
    );
    rule.events$.subscribe(
      (event) => event.type === 'error' && errors.push(`${event.error.code} ${event.error.message}`),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(readFileSync(path, 'utf8')).toBe('first\nlast\n');
    const problem = expect.stringMatching(/^ERR_SINK_ENCODE .*the Python SDK can not receive an empty payload/);
    expect(errors).toEqual([problem, problem]);
    const [stage] = Object.values(rule.ledger().stages);
    expect(stage).toMatchObject({ received: 4, passed: 2, failed: { ERR_SINK_ENCODE: 2 } });
  });
});

describeWith('go', 'an empty payload', () => {
  it('reaches a Go plugin', async () => {
    const { host, symbol, path } = await hostWith('go', 'native');
    const rule = host.rule(unique('r'), ({ sink }) =>
      from(['first', '', 'last']).subscribe(sink(symbol('sink'), { config: { path }, encode: 'raw' })),
    );
    expect((await rule.done).phase).toBe('completed');
    await until(() => readFileSync(path, 'utf8').includes('last'), 'the sink has written all');
    expect(readFileSync(path, 'utf8')).toBe('first\n\nlast\n');
  });
});
