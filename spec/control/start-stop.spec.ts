import { describe, expect, it } from '@jest/globals';
import { badPlugin } from '../helpers/bad-plugin.js';
import { partsOf, statusOf } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';
import { startHost } from '../helpers/host.js';
import { until } from '../helpers/until.js';
import { filter, firstValueFrom, of, Subject, switchMap, takeUntil, tap } from 'rxjs';
import { callsTo, commandsTo } from '../helpers/scripted-plugin.js';

const shared = sharedHost({ stopTimeout: 1_000, flushTimeout: 5_000 });
const parts = partsOf(shared);

describe('a plugin that is stopped by hand', () => {
  it('has no process until it is started, and its rules wait and go on', async () => {
    const { host, plugin } = shared;
    const seen: number[] = [];
    const rule = shared.rule((context) =>
      parts.counted(context, undefined, { interval: 2 }).pipe(
        parts.echo(context),
        tap(({ i }) => seen.push(i)),
      ),
    );
    await until(() => seen.length > 5);
    const { pid } = plugin;
    await host.plugins.stop(plugin.name);
    expect(plugin.state.phase).toBe('stopped');
    expect(plugin.pid).toBeUndefined();
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
    await statusOf(rule, 'waiting');
    await host.plugins.stop(plugin.name);

    await host.plugins.start(plugin.name);
    expect(plugin.state.phase).toBe('ready');
    await statusOf(rule, 'running');
    const before = seen.length;
    await until(() => seen.length > before + 5);
    await rule.stop();
    expect(rule.ledger().balanced).toBe(true);
  });

  it('is missed by a rule that calls it anew for each value, all the time', async () => {
    const { host, plugin, symbol } = shared;
    const values = new Subject<number>();
    const rule = shared.rule(({ call, stopping$ }) =>
      values.pipe(
        takeUntil(stopping$),
        switchMap((i) => of(i).pipe(call(symbol('echo'), () => [i]))),
      ),
    );
    expect(rule.status.phase).toBe('running');
    await host.plugins.stop(plugin.name);
    const told: unknown[] = [];
    rule.status$.subscribe((status) => told.push(status.phase === 'waiting' ? status.on : status.phase));
    for (let i = 0; i < 5; i += 1) {
      values.next(i);
      await new Promise(setImmediate);
    }
    expect(told).toEqual(['running', [`function ${symbol('echo')}`]]);
    await host.plugins.start(plugin.name);
    await statusOf(rule, 'running');
    await rule.stop();
    expect(rule.ledger().balanced).toBe(true);
  });

  it('is told to stop what runs in it before its process ends: sources and sinks', async () => {
    const { host, plugin, symbol } = shared;
    const rule = shared.rule((context) =>
      parts.counted(context).pipe(parts.echo(context)).subscribe(parts.file(context)),
    );
    await statusOf(rule, 'running');
    await until(() => rule.ledger().balanced && plugin.symbols.length === 3);
    await host.plugins.stop(plugin.name);
    const told = commandsTo(plugin.dir)
      .filter(({ meta }) => meta.ruleId === rule.id)
      .map(({ cmd, symbolName }) => [cmd, symbolName]);
    for (const base of ['count', 'file'] as const) expect(told).toContainEqual(['stop', symbol(base)]);
    await statusOf(rule, 'waiting');
    expect(plugin.usedBy).toEqual([rule.id]);
    await host.plugins.start(plugin.name);
    await statusOf(rule, 'running');
    await rule.stop();
    expect(rule.ledger().balanced).toBe(true);
  });

  it('waits for the calls that are out', async () => {
    const { host, plugin, symbol } = shared;
    const slow = host.function(symbol('slow'));
    const executed = (): number => callsTo(plugin.dir, 'slow').filter(({ func }) => func === 'Exec').length;
    const answer = slow.exec(300);
    await until(() => executed() === 1);
    await host.plugins.stop(plugin.name);
    expect(await answer).toBe(300);
    const later = slow.exec(0);
    await host.plugins.start(plugin.name);
    expect(await later).toBe(0);
    expect(executed()).toBe(2);
  });

  it('ends at once although it hangs on a STOP, and is not started again by that', async () => {
    const { host, plugin } = shared;
    const rule = shared.rule((context) => parts.counted(context));
    await statusOf(rule, 'running');
    process.kill(plugin.pid ?? 0, 'SIGSTOP');
    await host.plugins.stop(plugin.name);
    expect(plugin.state).toEqual({ phase: 'stopped' });
    await host.plugins.start(plugin.name);
    await statusOf(rule, 'running');
    await rule.stop();
  });

  it('is as it is when it is started while it runs', async () => {
    const { host, plugin } = shared;
    const { pid } = plugin;
    await host.plugins.start(plugin.name);
    expect(plugin.pid).toBe(pid);
  });

  it('lets a rule that begins meanwhile wait for it', async () => {
    const { host, plugin } = shared;
    await host.plugins.stop(plugin.name);
    const seen: number[] = [];
    const rule = shared.rule((context) => parts.counted(context, 5).pipe(tap(({ i }) => seen.push(i))));
    await statusOf(rule, 'waiting');
    await host.plugins.start(plugin.name);
    expect((await rule.done).phase).toBe('completed');
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('runs when it has been updated', async () => {
    const { host, plugin } = shared;
    await host.plugins.stop(plugin.name);
    await host.plugins.update(plugin.name, plugin.dir);
    expect(plugin.state.phase).toBe('ready');
  });

  it('is refused for one that is not there', async () => {
    await expect(shared.host.plugins.stop('nope')).rejects.toMatchObject({ code: 'ERR_PLUGIN_UNKNOWN' });
    await expect(shared.host.plugins.start('nope')).rejects.toMatchObject({ code: 'ERR_PLUGIN_UNKNOWN' });
  });
});

describe('what a plugin tells of itself', () => {
  it('is what rules use of it, and by which sockets', async () => {
    const { plugin, symbol } = shared;
    const rule = shared.rule((context) =>
      parts.counted(context).pipe(parts.echo(context)).subscribe(parts.file(context)),
    );
    await statusOf(rule, 'running');
    await until(() => plugin.symbols.length === 3);
    expect(new Set(plugin.symbols)).toEqual(
      new Set([
        { kind: 'source', symbol: symbol('count'), ruleId: rule.id },
        { kind: 'function', symbol: symbol('echo'), ruleId: rule.id },
        { kind: 'sink', symbol: symbol('file'), ruleId: rule.id },
      ]),
    );
    expect(new Set(plugin.channels.map(({ kind }) => kind))).toEqual(
      new Set(['ack', 'control', 'function', 'sink', 'source']),
    );
    expect(plugin.channels[0]?.url).toMatch(new RegExp(`^ipc:///.*/plugin_${plugin.name}\\.ipc$`));
    await rule.stop();
    expect(plugin.symbols).toEqual([]);
  });

  it('is how often it was started again, and why', async () => {
    const { plugin } = shared;
    const { restarts } = plugin;
    process.kill(plugin.pid ?? 0, 'SIGKILL');
    await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'backoff')));
    await firstValueFrom(plugin.state$.pipe(filter(({ phase }) => phase === 'ready')));
    expect(plugin.restarts).toBe(restarts + 1);
    expect(plugin.lastErrors.at(-1)).toEqual({
      at: expect.any(Number),
      code: 'ERR_PLUGIN_EXITED',
      message: expect.stringContaining('SIGKILL'),
    });
  });

  it('is what it has written', async () => {
    const host = await startHost();
    const { dir } = badPlugin('floods-stdout');
    const plugin = await host.plugins.install(dir);
    const line = await firstValueFrom(plugin.logs$);
    expect(line).toMatchObject({ stream: 'stdout', text: expect.any(String) });
    expect(plugin.logs().length).toBeLessThanOrEqual(1_000);
  });
});
