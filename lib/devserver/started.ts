/** What the test server has started: a source, a sink or a function of its plugin. */
import { Subject, type Subscription } from 'rxjs';
import type { Clock } from '../clock.js';
import { RxportError, userError } from '../errors.js';
import type { Logger } from '../log.js';
import { nativeTransport } from '../sp/native.js';
import { tapped } from '../sp/tap.js';
import type { FunctionPool, SharedFunction } from '../symbol/function-pool.js';
import { remoteFunction } from '../symbol/remote-function.js';
import { SymbolSettings } from '../symbol/settings.js';
import { remoteSource, type Tuple } from '../symbol/source.js';
import { FUNCTION_META, type Meta } from '../wire/control.js';
import type { SymbolKind } from '../wire/names.js';
import type { PluginUnderTest } from './plugin-under-test.js';
import { SymbolOwner, type SymbolState } from './symbol-owner.js';
import type { WireHub } from './wire-hub.js';

export interface StartedParts {
  readonly plugin: PluginUnderTest;
  readonly functions: FunctionPool;
  readonly hub: WireHub;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Order {
  readonly symbol: string;
  readonly meta: Meta;
  readonly dataSource: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What `GET /symbol` says of one. */
export interface StartedView {
  readonly symbolName: string;
  readonly pluginType: 'source' | 'sink' | 'func';
  readonly meta: Meta;
  readonly phase: SymbolState['phase'];
  readonly since: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly events: readonly unknown[];
  readonly [count: string]: unknown;
}

export abstract class Started {
  readonly owner: SymbolOwner;
  private stopping: Promise<void> | undefined;

  constructor(
    readonly kind: SymbolKind,
    protected readonly order: Order,
    protected readonly parts: StartedParts,
  ) {
    const { clock, log } = parts;
    this.owner = new SymbolOwner(order.meta, { clock, log, what: `${kind} ${order.symbol}` });
  }

  get symbol(): string {
    return this.order.symbol;
  }

  get meta(): Meta {
    return this.order.meta;
  }

  view(): StartedView {
    const { state, events } = this.owner;
    const { kind, symbol, meta } = this;
    return {
      symbolName: symbol,
      pluginType: kind === 'function' ? 'func' : kind,
      meta,
      phase: state.phase,
      since: state.since,
      ...this.counts(),
      ...(state.phase === 'failed' && { error: shown(state.error) }),
      events: events.map((event) => ('error' in event ? { ...event, error: shown(event.error) } : event)),
    };
  }

  /** Once; resolves when it is stopped. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  protected abstract end(): Promise<void>;
  protected abstract counts(): Readonly<Record<string, unknown>>;

  protected get settings(): SymbolSettings {
    return new SymbolSettings(this.parts.plugin.link.plugin, () => this.order.config);
  }
}

export class StartedSource extends Started {
  /** Hot; completes when it is stopped, has ended or failed. */
  readonly tuples$ = new Subject<Tuple<unknown>>();
  private readonly subscription: Subscription;

  constructor(order: Order, parts: StartedParts) {
    super('source', order, parts);
    const { owner } = this;
    const { plugin, hub, clock } = parts;
    const source = remoteSource<unknown>({
      symbol: order.symbol,
      link: plugin.link,
      owner,
      transport: tapped(nativeTransport, hub.tap),
      clock,
      dataSource: order.dataSource,
      config: this.settings,
      decode: undefined,
      parse: undefined,
    });
    this.subscription = source.tuples.subscribe({
      next: (tuple) => this.tuples$.next(tuple),
      error: (cause: unknown) => {
        owner.fail(cause instanceof RxportError ? cause : userError(`source ${order.symbol}`, cause));
        this.tuples$.complete();
      },
      complete: () => {
        owner.ended();
        this.tuples$.complete();
      },
    });
  }

  protected counts(): Readonly<Record<string, unknown>> {
    const { received, dropped } = this.owner.counts.counts();
    return { received, dropped };
  }

  protected async end(): Promise<void> {
    await this.owner.source?.stop().ended;
    this.subscription.unsubscribe();
    await this.owner.settled();
    this.tuples$.complete();
  }
}

export class StartedFunction extends Started {
  private readonly shared: SharedFunction;
  private readonly leave: () => void;
  private calls = 0;
  private failures = 0;

  constructor(order: Order, parts: StartedParts) {
    super('function', order, parts);
    const { owner } = this;
    const attendance = owner.attend();
    this.shared = parts.functions.get(order.symbol, parts.plugin.link);
    this.leave = this.shared.use({
      ruleId: order.meta.ruleId,
      started: () => attendance.present(),
      lost: () => attendance.absent(),
      refused: (error) => owner.fail(error),
    });
  }

  /** It is started with an empty meta: there is one for all. */
  override get meta(): Meta {
    return FUNCTION_META;
  }

  /** Rejects as the plugin fails it, and with the reason of `signal`. */
  async exec(args: readonly unknown[], timeout: number, signal: AbortSignal): Promise<unknown> {
    this.calls += 1;
    try {
      return await remoteFunction(() => this.shared, this.owner, { timeout, queueTimeout: timeout, signal }).exec(
        ...args,
      );
    } catch (error) {
      this.failures += 1;
      throw error;
    }
  }

  protected counts(): Readonly<Record<string, unknown>> {
    return { calls: this.calls, failures: this.failures };
  }

  /** The plugin goes on with it until its process ends: there is no STOP of a function. */
  protected async end(): Promise<void> {
    this.leave();
  }
}

export const shown = ({
  code,
  message,
}: Pick<RxportError, 'code' | 'message'>): { readonly code: string; readonly message: string } => ({
  code,
  message,
});
