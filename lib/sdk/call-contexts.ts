import { CallContext } from '../wire/function.js';
import { type FunctionContext, functionContext } from './context.js';
import type { PluginLog } from './stderr-log.js';

/** Callers that are remembered; a host that makes up a new one for each call must not fill the memory. */
const LIMIT = 1_000;

/** The callers of one function, each as one context; the one that was not heard of for longest goes first. */
export class CallContexts {
  private readonly contexts = new Map<string, FunctionContext>();
  private lastText: string | undefined;
  private last: FunctionContext | undefined;

  constructor(
    private readonly symbol: string,
    private readonly log: PluginLog,
    private readonly limit = LIMIT,
  ) {}

  /** The context that the last argument of an Exec stands for; undefined when it is none. */
  of(text: unknown): FunctionContext | undefined {
    if (typeof text !== 'string') return undefined;
    if (text === this.lastText) return this.last;
    const context = this.contexts.get(text) ?? this.make(text);
    if (context === undefined) return undefined;
    this.contexts.delete(text);
    this.contexts.set(text, context);
    this.lastText = text;
    this.last = context;
    return context;
  }

  private make(text: string): FunctionContext | undefined {
    const caller = parse(text);
    if (!CallContext.is(caller)) return undefined;
    const [oldest] = this.contexts.keys();
    if (this.contexts.size >= this.limit && oldest !== undefined) this.contexts.delete(oldest);
    return functionContext(this.symbol, caller, this.log);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
