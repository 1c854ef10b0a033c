import { settlesWithin } from '../clock.js';
import { type Control, controlKey, OK } from '../wire/control.js';
import type { PluginSymbols } from './definition.js';
import { startFunction } from './function-run.js';
import type { Instance, Surroundings } from './instance.js';
import { startSink } from './sink-run.js';
import { startSource } from './source-run.js';

/** Hosts give up on a STOP after 5 s; what takes longer goes on behind its `ok`. */
const STOP_GRACE = 4_000;

/** What runs in this process. The answers are those of the wire. */
export class Instances {
  private readonly running = new Map<string, Instance>();
  private closed = false;

  constructor(
    private readonly symbols: PluginSymbols,
    private readonly surroundings: Surroundings,
  ) {}

  /** Rejects with what the author's factory throws, and when a channel can not be opened. */
  async start(control: Control): Promise<string> {
    const key = controlKey(control);
    if (control.pluginType === 'func' && this.running.has(key)) return OK;
    await this.end(key);
    let lost = false;
    const instance = await this.open(control, () => {
      lost = true;
      this.running.delete(key);
    });
    if (instance === undefined) return unknown(control, this.symbols);
    if (!lost) this.running.set(key, instance);
    if (this.closed) this.kill();
    // After the answer: a host may take the end of a source that it does not know to run yet for nothing.
    setImmediate(() => instance.begin?.());
    return OK;
  }

  async stop(control: Control): Promise<string> {
    const key = controlKey(control);
    const instance = this.running.get(key);
    if (instance === undefined || control.pluginType === 'func') return `symbol ${control.symbolName} not found`;
    const stopped = instance.stop().then(() => this.forget(key, instance));
    await settlesWithin(this.surroundings.clock, STOP_GRACE, stopped);
    return OK;
  }

  /** Stops everything; what is not done within `grace` ms is cut off. */
  async stopAll(grace: number): Promise<void> {
    this.closed = true;
    const stopped = [...this.running.values()].map((instance) => instance.stop());
    await settlesWithin(this.surroundings.clock, grace, Promise.all(stopped));
    this.kill();
  }

  /** Cuts everything off, and frees the addresses. */
  kill(): void {
    for (const instance of this.running.values()) instance.kill();
    this.running.clear();
  }

  private async end(key: string): Promise<void> {
    const instance = this.running.get(key);
    if (instance === undefined) return;
    await settlesWithin(this.surroundings.clock, STOP_GRACE, instance.stop());
    instance.kill();
    this.running.delete(key);
  }

  private forget(key: string, instance: Instance): void {
    if (this.running.get(key) === instance) this.running.delete(key);
  }

  private async open(control: Control, closed: () => void): Promise<Instance | undefined> {
    const { symbolName, pluginType } = control;
    const { symbols, surroundings } = this;
    switch (pluginType) {
      case 'source': {
        const source = symbols.source.get(symbolName);
        return source && startSource(source, control, surroundings);
      }
      case 'sink': {
        const sink = symbols.sink.get(symbolName);
        return sink && startSink(sink, control, surroundings);
      }
      case 'func': {
        const definition = symbols.function.get(symbolName);
        return definition && startFunction(definition, symbolName, surroundings, closed);
      }
    }
  }
}

/** Begins as the Go SDK has it; most often the manifest names what the main program does not. */
function unknown({ pluginType, symbolName }: Control, symbols: PluginSymbols): string {
  const kind = pluginType === 'func' ? 'function' : pluginType;
  const names = [...symbols[kind].keys()];
  const has = names.length === 0 ? 'none' : names.join(', ');
  return `symbol not found: the main program has no ${kind} ${symbolName}; it has ${has}`;
}
