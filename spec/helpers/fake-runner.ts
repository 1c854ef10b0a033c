/** Processes of a plugin that answer when, and as, the spec says; and instances that note what they are told. */
import type { HandOver, Instance, MoveSteps, Moved, Runner } from '../../lib/control/instance.js';
import { Instances } from '../../lib/control/instances.js';
import type { RxportError } from '../../lib/errors.js';
import type { InstalledPlugin } from '../../lib/install/install.js';
import { type Control, sinkControl, sourceControl } from '../../lib/wire/control.js';

const meta = (opId: string, ruleId = 'r') => ({ ruleId, opId, instanceId: 0 });
export const source = (opId: string, ruleId?: string): Control => sourceControl('s', meta(opId, ruleId), undefined, {});
export const sink = (opId: string, ruleId?: string): Control => sinkControl('k', meta(opId, ruleId), {});

/** A version of the plugin `p`, which has what `source`, `sink` and the functions `f` and `g` name. */
export function versionOf(version: string, lacking: readonly string[] = []): InstalledPlugin {
  const has = (...symbols: readonly string[]): string[] => symbols.filter((symbol) => !lacking.includes(symbol));
  const manifest = { version, language: 'node', executable: 'x', sources: has('s'), sinks: has('k') } as const;
  const dir = `/p@${version}`;
  return { name: 'p', dir, home: '/p', executable: `${dir}/x`, manifest: { ...manifest, functions: has('f', 'g') } };
}

/** Both reactions of a promise have run by the next turn of the loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface FakeRunner extends Runner {
  ready: boolean;
}

/** Instances, and processes whose commands the spec answers, in the order in which they were sent. */
export function plugin() {
  const commands: string[] = [];
  const waiting: { readonly resolve: () => void; readonly reject: (error: RxportError) => void }[] = [];
  const instances = new Instances();
  const runner = (name = '', installed = versionOf('v1')): FakeRunner => ({
    ready: true,
    info: undefined,
    plugin: installed,
    command: (verb, { symbolName, meta: { opId } }) => {
      commands.push(`${name}${verb} ${symbolName}${opId}`);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  });
  const process = runner();
  const replay = (): void => {
    process.ready = true;
    instances.replay(process);
  };
  const lost = (one: FakeRunner = process): void => {
    one.ready = false;
    instances.lost(one);
  };
  /** Answers the command with this index: `ok`, or an error. */
  const answer = async (index: number, error?: RxportError): Promise<void> => {
    if (error === undefined) waiting[index]!.resolve();
    else waiting[index]!.reject(error);
    await turn();
  };
  return { commands, instances, answer, process, runner, replay, lost };
}

export interface InstanceParts {
  readonly users?: () => readonly string[];
  readonly atWork?: () => boolean;
  readonly controlFor?: (plugin: InstalledPlugin) => Control;
  readonly move?: (steps: MoveSteps) => Promise<Moved>;
  readonly handOver?: HandOver;
}

/** An instance, and what it was told. */
export function instance(control: Control, parts: InstanceParts = {}) {
  const heard: string[] = [];
  const one: Instance = {
    control,
    ...parts,
    started: () => heard.push('started'),
    refused: ({ code, message }) => heard.push(code ?? message),
    lost: () => heard.push('lost'),
  };
  return { one, heard };
}

/** A source that runs in the old process, and a new process beside that one. */
export async function runningSource(parts?: InstanceParts) {
  const all = plugin();
  const [from, to] = [all.runner('old '), all.runner('new ', versionOf('v2'))];
  const { one, heard } = instance(source('1'), parts);
  all.instances.replay(from);
  all.instances.add(one);
  await all.answer(0);
  all.commands.splice(0);
  heard.splice(0);
  return { ...all, from, to, one, heard };
}

/**
 * A source on its way from the old process to the new one. `outcome` has one entry once it has moved: what that has cost,
 * or the code of its refusal.
 */
export async function movingSource(parts?: InstanceParts, target?: (to: Runner) => Promise<Runner>) {
  const all = await runningSource(parts);
  const outcome: unknown[] = [];
  void all.instances
    .move(all.one, () => (target ?? ((to: Runner) => Promise.resolve(to)))(all.to))
    .then(
      (moved) => outcome.push(moved),
      (error: { readonly code?: unknown }) => outcome.push(error.code ?? error),
    );
  await turn();
  return { ...all, outcome };
}

/** A process that comes when the spec says so. */
export function toCome() {
  let come: (runner: Runner) => void = () => undefined;
  const awaited = new Promise<Runner>((resolve) => (come = resolve));
  return { awaited, come };
}
