import { commandLost, type RxportError } from '../errors.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import { controlKey } from '../wire/control.js';
import { type Entry, isAnswered, isReplayed, newEntry, waitsFor } from './entry.js';
import {
  controlIn,
  type Instance,
  lacks,
  type Moved,
  NOTHING,
  plainMove,
  removedFrom,
  type Runner,
  usersOf,
} from './instance.js';

/**
 * What runs in a plugin, and in which of its processes. Every process that becomes ready is sent the START of each
 * instance that runs nowhere, in the order in which they were added, functions included; a mere reconnection of the same
 * process is sent nothing.
 */
export class Instances {
  private readonly entries = new Map<string, Entry>();
  /** Where what is added starts. */
  private serving: Runner | undefined;
  /** What was removed, and whose STOP is not answered yet. */
  private readonly leaving = new Set<Instance>();
  /** Where the last START went, of what was removed too. */
  private readonly startedIn = new WeakMap<Instance, Runner>();

  constructor(private readonly onAccepted: (instance: Instance) => void = () => undefined) {}

  /** The rules whose symbols run here, or have yet to answer STOP. */
  users(): readonly string[] {
    return [...new Set([...this.list(), ...this.leaving].flatMap(usersOf))];
  }

  list(): readonly Instance[] {
    return [...this.entries.values()].map(({ instance }) => instance);
  }

  /** What was sent START in `runner`, and was not refused. */
  in(runner: Runner): readonly Instance[] {
    const here = [...this.entries.values()].filter((entry) => entry.runner === runner && !entry.refused);
    return here.map(({ instance }) => instance);
  }

  add(instance: Instance): void {
    const entry = newEntry(instance);
    this.entries.set(controlKey(instance.control), entry);
    if (this.serving?.ready === true) this.start(entry, this.serving);
  }

  /** Sends STOP where START was sent; resolves with whether the plugin has answered. Never rejects. */
  async remove(instance: Instance): Promise<boolean> {
    const entry = this.entryOf(instance);
    if (entry === undefined) return false;
    this.entries.delete(controlKey(instance.control));
    entry.epoch += 1;
    // It runs nowhere, and is not started any more.
    if (entry.parked) return false;
    this.leaving.add(instance);
    if (entry.moving !== undefined) await entry.moving;
    const answered = await this.stopIn(entry.runner, instance);
    this.leaving.delete(instance);
    return answered;
  }

  /** Repeats a STOP that may have come before the symbol was registered in the plugin. */
  stop(instance: Instance): Promise<boolean> {
    return this.stopIn(this.startedIn.get(instance), instance);
  }

  /** The symbol died while its process lives: STOP clears what is left of it, START follows. */
  async revive(instance: Instance): Promise<void> {
    const entry = this.entryOf(instance);
    const { runner, moving, epoch } = entry ?? {};
    if (entry === undefined || runner?.ready !== true || moving !== undefined) return;
    await this.stopIn(runner, instance);
    if (entry.epoch === epoch && runner.ready) this.start(entry, runner);
  }

  /** From now on `runner` is where what is added starts; undefined lets it wait. */
  serve(runner: Runner | undefined): void {
    this.serving = runner;
  }

  /** A new process of `runner` has come: what runs nowhere starts there, unless it is about to start elsewhere. */
  ready(runner: Runner): void {
    if (this.serving === undefined || this.serving === runner) this.replay(runner);
  }

  /** Starts in `runner` what runs nowhere, and what another one has refused; when that is gone again, `ready` does. */
  replay(runner: Runner): void {
    this.serving = runner;
    if (!runner.ready) return;
    for (const entry of this.entries.values()) if (waitsFor(runner, entry)) this.start(entry, runner);
  }

  /** The process is gone. */
  lost(runner: Runner): void {
    for (const entry of this.entries.values()) {
      entry.accepted.delete(runner);
      if (entry.runner !== runner) continue;
      entry.runner = undefined;
      entry.refused = false;
      if (entry.moving !== undefined) continue;
      entry.epoch += 1;
      entry.instance.lost();
    }
  }

  /** No process will come: everything that runs here hears why, except what `runs` elsewhere. */
  refuseAll(error: RxportError, runs: (instance: Instance) => boolean = () => false): void {
    this.serving = undefined;
    for (const entry of [...this.entries.values()].filter(({ instance }) => !runs(instance))) {
      entry.epoch += 1;
      entry.instance.refused(error);
    }
  }

  /** What that version of the plugin lacks does not belong here any more, and is told so. */
  expelFrom(plugin: InstalledPlugin): void {
    for (const entry of [...this.entries.values()]) if (lacks(plugin, entry.instance)) this.expel(entry, plugin);
  }

  /** START in `runner`, of something that may run elsewhere as well. Rejects as the plugin refuses it. */
  async startIn(instance: Instance, runner: Runner): Promise<void> {
    this.startedIn.set(instance, runner);
    this.entryOf(instance)?.accepted.delete(runner);
    instance.starting?.(runner);
    await runner.command('start', controlIn(instance, runner));
    this.entryOf(instance)?.accepted.add(runner);
    this.onAccepted(instance);
  }

  /** The process that `runner` has now was sent its START and has accepted it. */
  accepted(instance: Instance, runner: Runner): boolean {
    return this.entryOf(instance)?.accepted.has(runner) === true;
  }

  /** It runs in `runner` from now on, which has accepted its START. */
  adopt(instance: Instance, runner: Runner): void {
    const entry = this.entryOf(instance);
    if (entry === undefined) return;
    entry.epoch += 1;
    entry.runner = runner;
    entry.refused = false;
    instance.started();
  }

  /** It runs nowhere: `replay` starts it. */
  forget(instance: Instance): void {
    const entry = this.entryOf(instance);
    if (entry === undefined) return;
    entry.epoch += 1;
    entry.runner = undefined;
    instance.lost();
  }

  /**
   * From the process that runs it to the one that `target` names, which may have to be waited for. Rejects when that
   * refuses it; it is then started where it was, or waits for that.
   */
  async move(instance: Instance, target: () => Promise<Runner>): Promise<Moved> {
    const entry = this.entryOf(instance);
    if (entry === undefined) return NOTHING;
    const from = entry.runner;
    const moved = this.carry(entry, from, target);
    entry.moving = moved.catch(() => undefined);
    try {
      return await moved;
    } catch (error) {
      entry.runner = undefined;
      if (this.entryOf(instance) === undefined) throw error;
      if (from?.ready === true) this.start(entry, from);
      else instance.lost();
      throw error;
    } finally {
      entry.moving = undefined;
    }
  }

  private async carry(entry: Entry, from: Runner | undefined, target: () => Promise<Runner>): Promise<Moved> {
    const { instance } = entry;
    entry.epoch += 1;
    const { epoch } = entry;
    let stopped = false;
    const steps = {
      stop: () => this.stopIn(from, instance).finally(() => (stopped = true)),
      start: async () => {
        // It was removed meanwhile, and the process that is to come is not waited for.
        if (entry.epoch !== epoch) return;
        entry.parked = stopped;
        const to = await target().finally(() => (entry.parked = false));
        if (entry.epoch !== epoch) return;
        entry.runner = to;
        await this.startIn(instance, to);
      },
    };
    const moved = await (instance.move?.(steps) ?? plainMove(steps));
    if (entry.epoch !== epoch) return moved;
    // Where it has been started is gone already.
    if (entry.runner === undefined) throw commandLost(instance.control.symbolName);
    instance.started();
    return moved;
  }

  private start(entry: Entry, runner: Runner): void {
    if (lacks(runner.plugin, entry.instance)) return this.expel(entry, runner.plugin);
    entry.epoch += 1;
    const { instance, epoch } = entry;
    entry.runner = runner;
    entry.refused = false;
    this.startIn(instance, runner).then(
      () => {
        if (entry.epoch === epoch) instance.started();
      },
      (error: RxportError) => {
        if (entry.epoch !== epoch || isReplayed(error)) return;
        entry.refused = true;
        instance.refused(error);
      },
    );
  }

  private expel(entry: Entry, plugin: InstalledPlugin): void {
    const { instance } = entry;
    entry.epoch += 1;
    this.entries.delete(controlKey(instance.control));
    instance.refused(removedFrom(plugin, instance));
  }

  /** With whether it was answered. Never rejects: what can not be told is dead. */
  private async stopIn(runner: Runner | undefined, instance: Instance): Promise<boolean> {
    const { control } = instance;
    // "never ended once created": a function has no STOP.
    if (runner?.ready !== true || control.pluginType === 'func') return false;
    this.entryOf(instance)?.accepted.delete(runner);
    const atWork = (other: Instance): boolean =>
      other !== instance && other.control.pluginType !== 'sink' && usersOf(other).length > 0;
    return isAnswered(runner.command('stop', control, () => this.in(runner).some(atWork)));
  }

  private entryOf(instance: Instance): Entry | undefined {
    const entry = this.entries.get(controlKey(instance.control));
    return entry?.instance === instance ? entry : undefined;
  }
}
