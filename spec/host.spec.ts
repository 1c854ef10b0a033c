import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { NEVER, take, tap } from 'rxjs';
import type { Logger } from '../lib/index.js';
import { copyFixture, type FixtureKind } from './helpers/fixture.js';
import { silent, startHost } from './helpers/host.js';
import { type Places, processesOf } from './helpers/leftovers.js';
import { linesOf } from './helpers/lines.js';
import { places } from './helpers/refused.js';
import { scriptedPlugin } from './helpers/scripted-plugin.js';
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

  it('has its sockets where its plugins have them, though their folder is named from its own', async () => {
    const host = await startHost({ ipcDir: relative(process.cwd(), tempFolder()) });
    const { dir, symbol } = scriptedPlugin();
    await host.plugins.install(dir);
    expect(await host.function(symbol('echo')).exec(7)).toBe(7);
  });

  it('does not wait for a flush when the signal of its stop is aborted, before or meanwhile', async () => {
    for (const late of [false, true]) {
      const host = await startHost({ flushTimeout: 60_000 });
      const { dir, symbol } = scriptedPlugin();
      await host.plugins.install(dir);
      const rule = host.rule(unique('r'), () => NEVER);
      NEVER.subscribe(host.sink(symbol('file'), { config: { path: join(tempFolder(), 'out') } }));
      const controller = new AbortController();
      if (!late) controller.abort();
      const stopped = host.stop({ signal: controller.signal });
      if (late) controller.abort();
      await stopped;
      expect(rule.status.phase).toBe('stopped');
    }
  });
});

describe('the start of a host', () => {
  it('does not begin with a signal that is aborted', async () => {
    const at = places();
    await expect(startHost({ ...at, signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
    expect(existsSync(at.dir)).toBe(false);
    await expect(startHost({ ...at, signal: {} as AbortSignal })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  // A timer that is set to more ends at once.
  it.each([Infinity, 2 ** 31, -1, NaN, '5'])('does not begin with a timeout of %s', async (scriptTimeout) => {
    const start = startHost({ scriptTimeout: scriptTimeout as number });
    await expect(start).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it('takes no limit for a flush, and no other timeout without one', async () => {
    await startHost({ flushTimeout: Infinity });
    await expect(startHost({ stopTimeout: Infinity })).rejects.toMatchObject({
      message: expect.stringContaining('stopTimeout: Infinity is more than 2147483647'),
    });
  });

  it.each([0, 65, 1.5, '2'])('does not begin with %j replicas of a plugin', async (count) => {
    const replicas = { p: count as number };
    await expect(startHost({ replicas })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining(`replicas.p: ${JSON.stringify(count)} is no whole number from 1 to 64`),
    });
  });

  it.each([{ entries: 0 }, { bytes: 1.5 }, { bytes: Infinity }, { ratio: 0.5 }, { ratioFrom: '1' }, null, 5])(
    'does not begin with %j for limits of a zip',
    async (zipLimits) => {
      const start = startHost({ zipLimits: zipLimits as object });
      await expect(start).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        message: expect.stringMatching(/zipLimits.*: .* is no /),
      });
    },
  );

  it('frees its folder and starts no plugin when it is aborted on its way', async () => {
    const { at, name } = await loadable();
    const controller = new AbortController();
    let loaded = false;
    const logger = whenLoaded(() => (loaded = true));
    const started = startHost({ ...at, logger, signal: controller.signal });
    controller.abort(new Error('no longer'));
    await expect(started).rejects.toThrow('no longer');
    expect(loaded).toBe(false);
    expectFree(at, name);
  });

  it('stops what it has started when it is aborted late', async () => {
    const { at, name } = await loadable();
    const controller = new AbortController();
    let running: readonly string[] = [];
    const logger = whenLoaded(() => {
      running = processesOf(at.dir, [name]);
      controller.abort(new Error('no longer'));
    });
    await expect(startHost({ ...at, logger, signal: controller.signal })).rejects.toThrow('no longer');
    expect(running).toEqual([expect.stringContaining(name)]);
    expectFree(at, name);
    expect((await startHost(at)).plugins.has(name)).toBe(true);
  });
});

/** The folders of a host that has stopped, with a plugin to load and a folder that is none. */
async function loadable(): Promise<{ readonly at: Places; readonly name: string }> {
  const at = places();
  const host = await startHost(at);
  const { dir, name } = scriptedPlugin();
  await host.plugins.install(dir);
  await host.stop();
  mkdirSync(join(at.dir, 'plugins/portables', unique('broken')));
  return { at, name };
}

/** A host says what it has not loaded once it has loaded the others. */
const whenLoaded = (work: () => void): Logger => ({ ...silent, error: work });

function expectFree(at: Places, name: string): void {
  expect(processesOf(at.dir, [name])).toEqual([]);
  expect(existsSync(join(at.dir, 'host.lock'))).toBe(false);
  expect(readdirSync(at.ipcDir)).toEqual([]);
}
