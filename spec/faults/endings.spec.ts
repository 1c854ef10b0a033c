import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { take, tap } from 'rxjs';
import { Host, type Plugin, type Rule, type SymbolEvent } from '../../lib/index.js';
import { copyFixture, type FixtureKind, pythonBin } from '../helpers/fixture.js';
import { silent } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { type Counted, newFile } from '../helpers/parts.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const names = {
  go: { source: 'random', functions: ['add', 'echo', 'sum'], sink: 'file' },
  python: { source: 'pyrandom', functions: ['pyadd', 'pyrevert', 'pysum'], sink: 'pyfile' },
} as const;

function endings(kind: FixtureKind): void {
  const { source: sourceName, functions, sink: sinkName } = names[kind];
  let host: Host;
  let plugin: Plugin;
  let symbol: (base: string) => string;

  beforeAll(async () => {
    const fixture = copyFixture(kind);
    symbol = fixture.symbol;
    host = await Host.start({
      dir: join(tempFolder(), 'data'),
      logger: silent,
      ...(kind === 'python' && { pythonBin: pythonBin() }),
    });
    plugin = await host.plugins.install(fixture.dir);
  });
  afterAll(() => host.stop());

  const watch = (rule: Rule): { readonly events: SymbolEvent[]; readonly phases: string[] } => {
    const events: SymbolEvent[] = [];
    const phases: string[] = [];
    rule.events$.subscribe((event) => event.type !== 'status' && events.push(event));
    rule.status$.subscribe(({ phase }) => phases.push(phase));
    return { events, phases };
  };

  it('has its source back after that ended with an error, and its process goes on', async () => {
    const before = plugin.state;
    const seen: number[] = [];
    const rule = host.rule(unique('r'), ({ source }) =>
      source<Counted>(symbol(sourceName), { config: { count: 2, interval: 20, error: 'no "more"' } }).pipe(
        tap(({ i }) => seen.push(i)),
        take(4),
      ),
    );
    const { events, phases } = watch(rule);
    expect((await rule.done).phase).toBe('completed');
    // A STOP finds nothing in the plugin, which is no error, and nothing runs twice.
    expect(seen).toEqual([0, 1, 0, 1]);
    expect(events.filter(({ type }) => type === 'restarted')).toMatchObject([{ attempt: 1 }]);
    // Its words are lost with its connection, or they are whole.
    for (const event of events)
      if (event.type === 'error')
        expect(event.error).toMatchObject({ code: 'ERR_SOURCE_REPORTED', details: { text: 'no "more"' } });
    expect(phases).toContain('waiting');
    expect(rule.ledger().balanced).toBe(true);
    expect(plugin.state).toEqual(before);
  });

  it('has everything back when its process is killed: source, sink and each of its functions', async () => {
    const path = newFile();
    const [add = '', one = '', list = ''] = functions.map(symbol);
    const rule = host.rule(unique('r'), ({ source, call, sink }) =>
      source<Counted>(symbol(sourceName), { config: { interval: 5 } })
        .pipe(
          call(
            add,
            ({ i }) => [i, 1],
            ({ i }, sum: number) => ({ i, sum }),
          ),
          call(
            one,
            ({ i }) => [`${i}!`],
            (value, text: string) => ({ ...value, text }),
          ),
          call(
            list,
            ({ i }) => [[i, i]],
            (value, total: number) => ({ ...value, total }),
          ),
        )
        .subscribe(sink(symbol(sinkName), { config: { path } })),
    );
    const { phases } = watch(rule);
    const lives = (): number => (linesOf(path) as Counted[]).filter(({ i }) => i === 3).length;
    for (const life of [1, 2]) {
      await until(() => lives() === life, `life ${life}`);
      if (plugin.state.phase === 'ready') process.kill(plugin.state.pid, 'SIGKILL');
    }
    await until(() => lives() === 3, 'the third life');
    await rule.stop();
    const text = (i: number): string => (kind === 'go' ? `${i}!` : [...`${i}!`].reverse().join(''));
    for (const line of linesOf(path) as Counted[])
      expect(line).toEqual({ i: line.i, sum: line.i + 1, text: text(line.i), total: 2 * line.i });
    expect(phases.filter((phase) => phase === 'waiting').length).toBeGreaterThanOrEqual(3);
    expect(phases.at(-1)).toBe('stopped');
    expect(rule.ledger().balanced).toBe(true);
  });
}

describeWith('go', 'a Go plugin', () => endings('go'));
describeWith('python', 'a Python plugin', () => endings('python'));
