import { join, resolve } from 'node:path';
import { Subscription } from 'rxjs';
import { systemClock } from '../clock.js';
import { configInvalid } from '../errors.js';
import { Host, type HostOptions } from '../host.js';
import { jsonLogger, type Logger, safeLogger } from '../log.js';
import { clearRestFile } from './rest-file.js';
import { RuleBook } from './rule-book.js';
import type { ServiceRules } from './service-rules.js';

export interface ServiceOptions extends HostOptions {
  /** Rule files, and folders of them; default `rules` in the data folder. */
  readonly rules?: readonly string[];
  /** Reload a rule file when it, or what it imports from its folder, has changed; default false. */
  readonly watch?: boolean;
}

/** A host over a data folder, with the rules of files. */
export class Service implements AsyncDisposable {
  /**
   * Starts a host, which loads the plugins, and then the rules, which wait for them. Rejects as `Host.start`, and with the
   * reason of its signal: nothing is left running then. A plugin or a rule file that is broken stops nobody.
   * A rule that has failed because no plugin had a symbol of it starts again when one has been installed that has it.
   */
  static async start({ rules, watch = false, ...options }: ServiceOptions): Promise<Service> {
    checkOptions(rules, watch);
    const host = await Host.start(options);
    clearRestFile(resolve(options.dir));
    const service = new Service(host, options, rules ?? [join(options.dir, 'rules')]);
    // A rule file may take its time.
    const giveUp = (): void => void service.book.close();
    options.signal?.addEventListener('abort', giveUp);
    try {
      service.supplying = host.plugins.events$.subscribe(({ type }) => {
        if (type === 'ready') service.book.supply();
      });
      if (watch) service.book.follow();
      await service.book.scan();
      options.signal?.throwIfAborted();
    } catch (error) {
      await service.stop();
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', giveUp);
    }
    return service;
  }

  /** The data folder, absolute. */
  readonly dir: string;
  readonly rules: ServiceRules;
  readonly log: Logger;
  private readonly book: RuleBook;
  private supplying = Subscription.EMPTY;

  private constructor(
    readonly host: Host,
    { dir, logger }: HostOptions,
    places: readonly string[],
  ) {
    this.dir = resolve(dir);
    const log = (this.log = safeLogger(logger ?? jsonLogger()));
    this.book = new RuleBook({
      places,
      clock: systemClock,
      log,
      launch: (definition) => host.rule(definition),
      suppliers: () => host.plugins.list().filter(({ state }) => state.phase === 'ready'),
    });
    this.rules = this.book;
  }

  /** Stops the rules with flush, then the plugins; `signal` cuts the flush short, and the drain of the sinks. */
  async stop(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.supplying.unsubscribe();
    const closed = this.book.close();
    await this.host.stop(options);
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function checkOptions(rules: unknown, watch: unknown): void {
  const problems: string[] = [];
  const isList = Array.isArray(rules) && rules.every((place) => typeof place === 'string' && place !== '');
  if (rules !== undefined && !isList) problems.push('rules is no list of files and folders');
  if (typeof watch !== 'boolean') problems.push('watch is neither true nor false');
  if (problems.length > 0) throw configInvalid('service options', problems);
}
