import type { ErrorCode, RxportError } from '../errors.js';
import { type Control, controlKey, type Verb } from '../wire/control.js';

/** One running symbol of one rule (or one function), as its plugin's process sees it. */
export interface Instance {
  readonly control: Control;
  /** The rules that share it; an instance of one rule names that in its meta. */
  users?(): readonly string[];
  /** The process has answered `ok` to START: again after each replay. */
  started(): void;
  /** The process has refused START. */
  refused(error: RxportError): void;
  /** The process that ran it is gone; START follows by itself when the next one is ready. */
  lost(): void;
}

const REPLAYED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ERR_COMMAND_LOST', 'ERR_COMMAND_TIMEOUT']);

export type Send = (verb: Verb, control: Control) => Promise<void>;

interface Entry {
  readonly instance: Instance;
  /** Counts STARTs, so that a late answer to an old one means nothing. */
  epoch: number;
}

/**
 * What runs in a plugin. Every process that becomes ready is sent the START of each instance, in the order in which
 * they were added, functions included; a mere reconnection of the same process is sent nothing.
 */
export class Instances {
  private readonly entries = new Map<string, Entry>();
  private ready = false;

  constructor(private readonly send: Send) {}

  /** The rules whose symbols run here. */
  users(): readonly string[] {
    const rules = [...this.entries.values()].flatMap(
      ({ instance }) => instance.users?.() ?? instance.control.meta.ruleId,
    );
    return [...new Set(rules)];
  }

  add(instance: Instance): void {
    const entry: Entry = { instance, epoch: 0 };
    this.entries.set(controlKey(instance.control), entry);
    if (this.ready) this.start(entry);
  }

  /** Sends STOP where START was sent; resolves when the plugin has answered. Never rejects: what can not be told is dead. */
  async remove(instance: Instance): Promise<void> {
    const key = controlKey(instance.control);
    const entry = this.entries.get(key);
    if (entry?.instance !== instance) return;
    this.entries.delete(key);
    entry.epoch += 1;
    if (this.ready) await this.stop(instance);
  }

  /** Repeats a STOP that may have come before the symbol was registered in the plugin. */
  async stop({ control }: Instance): Promise<void> {
    // "never ended once created": a function has no STOP.
    if (!this.ready || control.pluginType === 'func') return;
    await this.send('stop', control).catch(() => undefined);
  }

  /** The symbol died while its process lives: STOP clears what is left of it, START follows. */
  async revive(instance: Instance): Promise<void> {
    const entry = this.entries.get(controlKey(instance.control));
    if (entry?.instance !== instance || !this.ready) return;
    const { epoch } = entry;
    await this.stop(instance);
    if (entry.epoch === epoch && this.ready) this.start(entry);
  }

  /** A new process has shaken hands. */
  replay(): void {
    this.ready = true;
    for (const entry of this.entries.values()) this.start(entry);
  }

  /** The process is gone. */
  lost(): void {
    this.ready = false;
    for (const entry of this.entries.values()) {
      entry.epoch += 1;
      entry.instance.lost();
    }
  }

  /** No process will come: everything that runs here hears why. */
  refuseAll(error: RxportError): void {
    this.ready = false;
    for (const entry of this.entries.values()) {
      entry.epoch += 1;
      entry.instance.refused(error);
    }
  }

  private start(entry: Entry): void {
    const epoch = (entry.epoch += 1);
    const { instance } = entry;
    this.send('start', instance.control).then(
      () => {
        if (entry.epoch === epoch) instance.started();
      },
      (error: RxportError) => {
        // A command that was lost with its process is replayed to the next one.
        if (entry.epoch === epoch && !REPLAYED.has(error.code)) instance.refused(error);
      },
    );
  }
}
