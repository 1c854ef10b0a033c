/** Two versions of a plugin, of which each step is noted; the spec says what happens at which. */
import { BehaviorSubject } from 'rxjs';
import type { Instance } from '../../lib/control/instance.js';
import { Instances } from '../../lib/control/instances.js';
import type { Startable } from '../../lib/control/replace.js';
import { commandLost, type RxportError } from '../../lib/errors.js';
import { type ProcessState, STOPPED } from '../../lib/process/state.js';
import { functionControl } from '../../lib/wire/control.js';
import { instance, sink, source, turn, versionOf } from './fake-runner.js';

export const READY: ProcessState = { phase: 'ready', pid: 1, since: 0, attempt: 0, crashes: [] };

export interface FakeProcess extends Startable {
  ready: boolean;
  /** It dies without being told to. */
  dies(): void;
  /** Its next process is ready. */
  comes(): void;
}

export function transfer(lacking: readonly string[] = []) {
  const steps: string[] = [];
  const hooks = new Map<string, () => unknown>();
  const instances = new Instances();
  /** Runs `action` at this step, once; what it throws is what the step comes to. */
  const at = (step: string, action: () => unknown): unknown => hooks.set(step, action);
  const fails = (step: string, error: RxportError): unknown =>
    at(step, () => {
      throw error;
    });
  const took = async (step: string): Promise<void> => {
    steps.push(step);
    const hook = hooks.get(step);
    hooks.delete(step);
    await hook?.();
  };

  const process = (name: string, version: string, without: readonly string[], arrived: () => void): FakeProcess => {
    const state$ = new BehaviorSubject<ProcessState>(STOPPED);
    const gone = (): void => {
      one.ready = false;
      state$.next(STOPPED);
      instances.lost(one);
    };
    const one: FakeProcess = {
      plugin: versionOf(version, without),
      info: undefined,
      ready: false,
      get state() {
        return state$.value;
      },
      state$,
      command: async (verb, { symbolName, meta }) => {
        await took(`${name} ${verb} ${symbolName}${meta.opId}`);
        if (!one.ready) throw commandLost('p');
      },
      start: () => {
        state$.next({ phase: 'starting', attempt: 0, crashes: [] });
        took(`${name} starts`).then(
          () => one.comes(),
          (error: RxportError) => state$.next({ phase: 'failed', error, exit: { code: 1, signal: null, output: [] } }),
        );
      },
      stop: async () => {
        await took(`${name} stops`);
        gone();
      },
      dies: gone,
      comes: () => {
        one.ready = true;
        state$.next(READY);
        arrived();
      },
    };
    return one;
  };
  // As a plugin's link does: only the version that serves is replayed by itself.
  const from = process('old', 'v1', [], () => instances.ready(from));
  const to = process('new', 'v2', lacking, () => undefined);

  /** A function that has two calls out. */
  const func = (symbol: string) =>
    instance(functionControl(symbol), {
      handOver: {
        hold: () => void steps.push(`${symbol} hold`),
        arrived: () => took(`${symbol} arrived`),
        cutOver: () => took(`${symbol} cutOver`).then(() => 2),
        cutBack: () => took(`${symbol} cutBack`),
        settle: () => undefined,
      },
    });
  const commit = (): Promise<void> => took('commit');
  /** These run in the old version; steps and what they hear count from now on. */
  const run = async (...all: readonly { readonly one: Instance; readonly heard: string[] }[]): Promise<void> => {
    from.comes();
    for (const { one } of all) instances.add(one);
    await turn();
    steps.splice(0);
    for (const { heard } of all) heard.splice(0);
  };
  return { steps, instances, from, to, at, fails, func, commit, run, parts: { instances, from, to, commit } };
}

/** A function, a source and a sink, which run in the old version. */
export async function running(lacking?: readonly string[]) {
  const all = transfer(lacking);
  const [f, s, k] = [all.func('f'), instance(source('1')), instance(sink('2'))];
  await all.run(f, s, k);
  return { ...all, f, s, k };
}

/** The same, and the new version beside it. */
export async function besideNew(lacking?: readonly string[]) {
  const all = await running(lacking);
  all.to.comes();
  return all;
}
