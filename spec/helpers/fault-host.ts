/** Misbehaving plugins in one host, a rule over each of them, and beside them a rule over a healthy plugin. */
import { afterAll, beforeAll, expect } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Host, type HostOptions, type Plugin, type Rule, type StageCounts, type SymbolEvent } from '../../lib/index.js';
import { badPlugin, type BadPlugin, type Misbehaviour } from './bad-plugin.js';
import { silent } from './host.js';
import { processesOf } from './leftovers.js';
import { linesOf } from './lines.js';
import { none } from './none.js';
import { type Counted, newFile, partsOf, zeroTo } from './parts.js';
import { scriptedPlugin } from './scripted-plugin.js';
import { tempFolder, unique } from './unique.js';
import { until } from './until.js';

/** What a misbehaving plugin, and the rule that uses its source, function and sink, have shown so far. */
export class Watched {
  /** Phases of its process; an end with its code: `backoff ERR_PLUGIN_EXITED`. */
  readonly plugin: string[] = [];
  /** The texts of its errors. */
  readonly texts: string[] = [];
  /** Phases of the rule: `waiting`, `running`, or `restarting` and `failed` with their code. */
  readonly rule: string[] = [];
  /** `error ERR_CALL_TIMEOUT`, `restarted`, `unconfirmed`, `dropped overflow`. */
  readonly events: string[] = [];

  constructor(
    readonly bad: BadPlugin,
    readonly handle: Plugin,
    readonly running: Rule,
  ) {
    handle.state$.subscribe((state) => {
      this.plugin.push('error' in state ? `${state.phase} ${state.error.code}` : state.phase);
      if ('error' in state) this.texts.push(state.error.message);
    });
    running.status$.subscribe((status) =>
      this.rule.push('error' in status ? `${status.phase} ${status.error.code}` : status.phase),
    );
    running.events$.subscribe((event) => event.type !== 'status' && this.events.push(nameOf(event)));
  }

  /** The counts of its source, its function or its sink. */
  counts(kind: 'source' | 'call' | 'sink'): StageCounts {
    const symbol = { source: this.bad.source, call: this.bad.symbol, sink: this.bad.sink }[kind];
    const counts = this.running.ledger().stages[`${kind} ${symbol}`];
    if (counts === undefined) throw new Error(`the rule has no ${kind}`);
    return counts;
  }

  /** Waits until `list` holds `steps` in this order, whatever is between them. */
  async shows(list: 'plugin' | 'rule' | 'events', ...steps: readonly string[]): Promise<void> {
    const rest = (): readonly string[] =>
      this[list].reduce((left, seen) => (seen === left[0] ? left.slice(1) : left), steps);
    await until(() => rest().length === 0, `${list} ${steps.join(', ')}`).catch(() => {
      expect({ [list]: this[list] }).toEqual({ [list]: steps });
    });
  }
}

const nameOf = (event: SymbolEvent): string => {
  if (event.type === 'error') return `error ${event.error.code}`;
  return event.type === 'dropped' ? `dropped ${event.reason}` : event.type;
};

export interface FaultHost {
  readonly host: Host;
  of(fault: Misbehaviour): Watched;
  /** The healthy rule goes on, and has lost nothing. */
  healthyFlows(): Promise<void>;
  /** Stops the host: what it held is balanced, and nothing is left of any plugin. */
  endsClean(): Promise<void>;
}

/** Call it at the top of a file, and use what it returns inside `it`. */
export function faultHost(faults: readonly Misbehaviour[], options: Partial<HostOptions> = {}): FaultHost {
  const at = { dir: join(tempFolder(), 'data'), ipcDir: tempFolder() };
  const healthy = scriptedPlugin();
  const path = newFile();
  const bad = new Map(faults.map((fault) => [fault, badPlugin(fault, { streams: true })]));
  const watched = new Map<Misbehaviour, Watched>();
  let host: Host | undefined;
  let flow: Rule | undefined;

  beforeAll(async () => {
    const portables = join(at.dir, 'plugins/portables');
    mkdirSync(portables, { recursive: true });
    for (const { dir } of [healthy, ...bad.values()]) cpSync(dir, join(portables, basename(dir)), { recursive: true });
    const running = (host = await Host.start({
      ...at,
      logger: silent,
      killTimeout: 200,
      flushTimeout: 100,
      ...options,
    }));
    const { counted, echo, file } = partsOf(healthy);
    flow = running.rule(unique('r'), (context) =>
      counted(context, undefined, { interval: 20 }).pipe(echo(context)).subscribe(file(context, path)),
    );
    for (const [fault, plugin] of bad) {
      const rule = running.rule(unique('r'), overAll(plugin));
      watched.set(fault, new Watched(plugin, running.plugins.get(plugin.name), rule));
    }
  });
  afterAll(() => host?.stop());

  const of = (fault: Misbehaviour): Watched => present(watched.get(fault));
  const passed = (): number => flow?.ledger().stages[`sink ${healthy.symbol('file')}`]?.passed ?? 0;
  const unharmed = (): void => {
    const { stages, balanced } = present(flow).ledger();
    expect(balanced).toBe(true);
    for (const counts of Object.values(stages)) expect(counts).toMatchObject({ dropped: none, failed: none });
  };
  return {
    get host() {
      return present(host);
    },
    of,
    async healthyFlows() {
      const before = passed();
      await until(() => passed() >= before + 10, 'the healthy rule goes on');
      expect(flow?.status.phase).toBe('running');
      unharmed();
    },
    async endsClean() {
      // With time to work off what it holds; those beside it have none.
      await flow?.stop({ timeout: 40_000 });
      unharmed();
      await host?.stop();
      expect(linesOf(path)).toEqual(zeroTo(passed()));
      for (const fault of faults) {
        const { bad: plugin, running, handle } = of(fault);
        expect(running).toMatchObject({ closed: true, status: { phase: 'stopped' } });
        expect({ fault, balanced: running.ledger().balanced }).toEqual({ fault, balanced: true });
        expect(handle.state.phase).toMatch(/stopped|failed/);
        expect(existsSync(join(at.dir, 'plugins/portables', plugin.name, 'twice.log'))).toBe(false);
      }
      expect(
        processesOf(join(at.dir, 'plugins'), [healthy.name, ...[...bad.values()].map(({ name }) => name)]),
      ).toEqual([]);
      expect(readdirSync(at.ipcDir)).toEqual([]);
    },
  };
}

/** Source, function and sink of one plugin. */
export const overAll =
  ({ source: from, symbol, sink: to }: BadPlugin): Parameters<Host['rule']>[1] =>
  ({ source, call, sink }) =>
    source<Counted>(from)
      .pipe(
        call(
          symbol,
          ({ i }) => [i],
          ({ i }, echoed: number) => ({ i, echoed }),
          { timeout: 1_500 },
        ),
      )
      .subscribe(sink(to));

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('use it inside a spec');
  return value;
}
