import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { take, tap } from 'rxjs';
import { copyFixture, type FixtureKind } from './helpers/fixture.js';
import { startHost } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { describeWith } from './helpers/toolchains.js';
import { tempFolder, unique } from './helpers/unique.js';

interface Counted {
  readonly i: number;
}

const names = {
  go: { source: 'random', add: 'add', sink: 'file' },
  python: { source: 'pyrandom', add: 'pyadd', sink: 'pyfile' },
} as const;

for (const kind of ['go', 'python'] satisfies FixtureKind[]) {
  describeWith(kind, `a rule over a ${kind} plugin`, () => {
    it('gets the values of a source and stops it', async () => {
      const host = await startHost();
      const fixture = copyFixture(kind);
      await host.plugins.install(fixture.dir);
      const seen: number[] = [];
      const rule = host.rule(unique('r'), ({ source }) =>
        source<Counted>(fixture.symbol(names[kind].source), { config: { interval: 5 } }).pipe(
          take(10),
          tap(({ i }) => seen.push(i)),
        ),
      );
      expect((await rule.done).phase).toBe('completed');
      expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(rule.ledger().balanced).toBe(true);
    });

    it('takes values through a function into a sink, in order, and loses none at the stop', async () => {
      const host = await startHost();
      const fixture = copyFixture(kind);
      await host.plugins.install(fixture.dir);
      const path = join(tempFolder(), 'out');
      const rule = host.rule(unique('r'), ({ source, call, sink }) =>
        source<Counted>(fixture.symbol(names[kind].source), { config: { interval: 2 } })
          .pipe(
            take(50),
            call(
              fixture.symbol(names[kind].add),
              ({ i }) => [i, 1],
              ({ i }, sum: number) => ({ i, sum }),
            ),
          )
          .subscribe(sink(fixture.symbol(names[kind].sink), { config: { path } })),
      );
      expect((await rule.done).phase).toBe('completed');
      expect(linesOf(path)).toEqual(Array.from({ length: 50 }, (_, i) => ({ i, sum: i + 1 })));
      expect(rule.ledger().balanced).toBe(true);
    });

    it('restarts a killed plugin and replays source, function and sink', async () => {
      const host = await startHost();
      const fixture = copyFixture(kind);
      const plugin = await host.plugins.install(fixture.dir);
      const path = join(tempFolder(), 'out');
      let restarted = false;
      const rule = host.rule(unique('r'), ({ source, call, sink }) =>
        source<Counted>(fixture.symbol(names[kind].source), { config: { interval: 5 } })
          .pipe(
            tap(({ i }) => {
              if (i === 10 && !restarted && plugin.state.phase === 'ready') process.kill(plugin.state.pid, 'SIGKILL');
              if (i < 10) restarted ||= linesOf(path).length > 8;
            }),
            call(
              fixture.symbol(names[kind].add),
              ({ i }) => [i, 1],
              ({ i }, sum: number) => ({ i, sum, restarted }),
            ),
            take(30),
          )
          .subscribe(sink(fixture.symbol(names[kind].sink), { config: { path } })),
      );
      expect((await rule.done).phase).toBe('completed');
      const lines = linesOf(path) as { readonly sum: number; readonly i: number; readonly restarted: boolean }[];
      expect(lines.filter((line) => line.restarted).length).toBeGreaterThan(5);
      expect(lines.every(({ i, sum }) => sum === i + 1)).toBe(true);
      expect(rule.ledger().balanced).toBe(true);
    });
  });
}

describe('a host', () => {
  it('stops with nothing installed', async () => {
    const host = await startHost();
    await host.stop();
    expect(host.rules).toEqual([]);
  });
});
