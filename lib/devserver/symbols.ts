import { filter, firstValueFrom } from 'rxjs';
import { after, settlesWithin, withDeadline } from '../clock.js';
import { callTimeout, commandTimeout, askedWrongly, symbolNotStarted, symbolStarted } from '../errors.js';
import { FUNCTION_META, type Meta } from '../wire/control.js';
import type { SymbolKind } from '../wire/names.js';
import { type ControlBody, kindOf, type MetaBody } from './bodies.js';
import { awaitPlugin } from './await-plugin.js';
import {
  type Order,
  type Started,
  StartedFunction,
  type StartedParts,
  StartedSource,
  type StartedView,
} from './started.js';
import { type Sent, StartedSink } from './started-sink.js';

/** What eKuiper's test server has for every symbol, where the body names none. */
const DEFAULT_META: Meta = { ruleId: 'rule1', opId: 'op1', instanceId: 1 };
/** Milliseconds for what still runs when the server is closed. */
const CLOSE_TIMEOUT = 5_000;

/** What runs in the plugin, as the requests of a developer have it. */
export class Symbols {
  private readonly started = new Map<string, Started>();
  /** What has not been answered yet. */
  private readonly beginning = new Map<string, Promise<Started>>();

  /** `timeout`: milliseconds for every answer of the plugin. */
  constructor(
    private readonly parts: StartedParts,
    private readonly timeout: number,
  ) {}

  list(): readonly StartedView[] {
    return [...this.started.values()].map((one) => one.view());
  }

  /**
   * Resolves when the plugin has answered `ok`. Rejects with `ERR_SYMBOL_UNKNOWN`, `ERR_SYMBOL_STARTED`,
   * `ERR_PLUGIN_HANDSHAKE`, `ERR_SYMBOL_REFUSED`, and with `ERR_COMMAND_TIMEOUT`: then it is started when it answers.
   */
  async start(body: ControlBody): Promise<StartedView> {
    const kind = kindOf(body.pluginType);
    const { symbolName: symbol, config } = body;
    this.parts.plugin.check(kind, symbol);
    const order = {
      symbol,
      meta: this.metaOf(body.meta),
      dataSource: body.dataSource ?? body.datasource,
      config: config ?? {},
    };
    return (await this.begin(kind, order)).view();
  }

  /**
   * Resolves with what it has done, when it is stopped. Rejects with `ERR_SYMBOL_NOT_STARTED`, `ERR_COMMAND_TIMEOUT`, and
   * with `ERR_REQUEST_INVALID` for a function.
   */
  async stop({ symbolName, pluginType, meta }: ControlBody): Promise<StartedView> {
    const kind = kindOf(pluginType);
    if (kind === 'function')
      throw askedWrongly('POST /symbol/stop', [
        'pluginType is "func": no SDK stops a function, it runs until its plugin ends',
      ]);
    const one = this.find(kind, symbolName, meta);
    const { plugin, clock } = this.parts;
    const late = () => commandTimeout(plugin.name, 'stop', symbolName, this.timeout);
    await withDeadline(clock, this.timeout, this.end(one), late);
    return one.view();
  }

  /** Starts the function if need be, and calls it. Rejects as `start`, and as the plugin fails the call. */
  async exec(symbol: string, args: readonly unknown[]): Promise<unknown> {
    const { plugin, clock } = this.parts;
    plugin.check('function', symbol);
    await awaitPlugin(plugin, clock, this.timeout);
    const called = (await this.function(symbol)) as StartedFunction;
    const cut = new AbortController();
    const timer = after(clock, this.timeout, () => cut.abort(callTimeout(symbol, this.timeout)));
    try {
      return await called.exec(args, this.timeout, cut.signal);
    } finally {
      timer.unsubscribe();
    }
  }

  /** Rejects with `ERR_SYMBOL_NOT_STARTED`, `ERR_PLUGIN_HANDSHAKE`, `ERR_SEND_TIMEOUT`. */
  async send(symbol: string | undefined, meta: MetaBody | undefined, data: unknown, ack: boolean): Promise<Sent> {
    if (symbol === undefined && meta === undefined)
      throw askedWrongly('POST /symbol/send', ['symbolName is missing: name the sink by it, or by its meta']);
    const sink = this.find('sink', symbol, meta) as StartedSink;
    await awaitPlugin(this.parts.plugin, this.parts.clock, this.timeout);
    return sink.send(data, ack, this.timeout);
  }

  /** A source that was started. Throws `ERR_SYMBOL_NOT_STARTED`, `ERR_REQUEST_INVALID`. */
  source(symbol: string, meta: MetaBody): StartedSource {
    return this.find('source', symbol, meta) as StartedSource;
  }

  /** Stops everything; a plugin that does not answer is not waited for. */
  async close(): Promise<void> {
    const stopped = Promise.allSettled([...this.started.values()].map((one) => this.end(one)));
    await settlesWithin(this.parts.clock, CLOSE_TIMEOUT, stopped);
  }

  /** The one that runs, is about to, or is started now. */
  private function(symbol: string): Started | Promise<Started> {
    const key = keyOf('function', symbol, FUNCTION_META);
    const known = this.started.get(key);
    const running = known !== undefined && !isOver(known) ? known : undefined;
    const order = { symbol, meta: this.metaOf(undefined), dataSource: undefined, config: {} };
    return this.beginning.get(key) ?? running ?? this.begin('function', order);
  }

  private async begin(kind: SymbolKind, order: Order): Promise<Started> {
    const key = keyOf(kind, order.symbol, order.meta);
    this.checkFree(key, kind, order);
    const begun = this.beginNow(key, kind, order).finally(() => this.beginning.delete(key));
    this.beginning.set(key, begun);
    return begun;
  }

  private async beginNow(key: string, kind: SymbolKind, order: Order): Promise<Started> {
    const { plugin, clock } = this.parts;
    await awaitPlugin(plugin, clock, this.timeout);
    const over = this.started.get(key);
    if (over !== undefined) await this.end(over);
    const one = this.make(kind, order);
    this.started.set(key, one);
    const decided = one.owner.state$.pipe(filter(({ phase }) => phase !== 'starting' && phase !== 'waiting'));
    const late = () => commandTimeout(plugin.name, 'start', order.symbol, this.timeout);
    const state = await withDeadline(clock, this.timeout, firstValueFrom(decided), late);
    if (state.phase !== 'failed') return one;
    await this.end(one);
    throw state.error;
  }

  private make(kind: SymbolKind, order: Order): Started {
    switch (kind) {
      case 'source':
        return new StartedSource(order, this.parts);
      case 'sink':
        return new StartedSink(order, this.parts);
      case 'function':
        return new StartedFunction(order, this.parts);
    }
  }

  /** What has failed or ended makes place. Throws `ERR_SYMBOL_STARTED`. */
  private checkFree(key: string, kind: SymbolKind, { symbol, meta }: Order): void {
    const what = `${kind} ${symbol}`;
    const same = this.started.get(key);
    if (this.beginning.has(key) || (same !== undefined && !isOver(same)))
      throw symbolStarted(what, kind === 'function' ? '' : ` as ${textOf(meta)}`);
    if (kind === 'function') return;
    for (const other of this.started.values())
      if (other !== same && other.kind !== 'function' && textOf(other.meta) === textOf(meta))
        throw symbolStarted(nameOf(other), ` of ${textOf(meta)}`, what);
  }

  private async end(one: Started): Promise<void> {
    await one.stop();
    for (const [key, other] of this.started) if (other === one) this.started.delete(key);
  }

  /** The one that fits; a meta may name some of its parts. */
  private find(kind: SymbolKind, symbol: string | undefined, meta: MetaBody = {}): Started {
    const wanted = this.knowsInstance(meta);
    const fits = [...this.started.values()].filter(
      (one) => one.kind === kind && (symbol === undefined || one.symbol === symbol) && matches(one.meta, wanted),
    );
    const [first, ...others] = fits;
    if (first !== undefined && others.length === 0) return first;
    if (first !== undefined)
      throw askedWrongly(`meta of ${kind} ${symbol ?? ''}`.trim(), [
        `fits several: ${fits.map(fullNameOf).join(', ')}`,
      ]);
    if (symbol !== undefined) this.parts.plugin.check(kind, symbol);
    throw symbolNotStarted(`${kind} ${symbol ?? textOf({ ...DEFAULT_META, ...meta })}`, this.running(kind));
  }

  private running(kind: SymbolKind): readonly string[] {
    return [...this.started.values()].filter((one) => one.kind === kind).map(fullNameOf);
  }

  private metaOf(meta: MetaBody = {}): Meta {
    return { ...DEFAULT_META, ...this.knowsInstance({ instanceId: DEFAULT_META.instanceId, ...meta }) };
  }

  /** The Go SDK dials instance 0, whatever it is told. */
  private knowsInstance(meta: MetaBody): MetaBody {
    return this.parts.plugin.knowsInstances || meta.instanceId === undefined ? meta : { ...meta, instanceId: 0 };
  }
}

const keyOf = (kind: SymbolKind, symbol: string, meta: Meta): string =>
  kind === 'function' ? `function/${symbol}` : `${kind}/${symbol}/${textOf(meta)}`;

const textOf = ({ ruleId, opId, instanceId }: Meta): string => `${ruleId}/${opId}/${instanceId}`;
const nameOf = ({ kind, symbol }: Started): string => `${kind} ${symbol}`;
const fullNameOf = (one: Started): string => `${one.symbol} (${textOf(one.meta)})`;
const isOver = ({ owner }: Started): boolean => owner.state.phase === 'failed' || owner.state.phase === 'ended';

const matches = (meta: Meta, { ruleId, opId, instanceId }: MetaBody): boolean =>
  (ruleId ?? meta.ruleId) === meta.ruleId &&
  (opId ?? meta.opId) === meta.opId &&
  (instanceId ?? meta.instanceId) === meta.instanceId;
