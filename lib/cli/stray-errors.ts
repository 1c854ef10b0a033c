/** What nobody catches in a process that runs the code of users: without an owner, Node ends it with a bare stack. */
import { fileURLToPath } from 'node:url';
import { config, Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import { type RxportError, uncaughtError, unhandledError } from '../errors.js';
import { type Logger, safeLogger } from '../log.js';
import { Throttle } from '../stage.js';
import { placeIn } from './stack-place.js';

export interface StrayOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Tells of errors; default the process itself. */
  readonly process?: Pick<NodeJS.Process, 'on' | 'off'>;
  /** Ends the process now: what was to be stopped has not ended in time. */
  readonly giveUp: (error: RxportError) => void;
}

/** What a command that runs rules hears of them. */
export interface Strays {
  /** Aborted by an exception that nobody caught, with `ERR_UNCAUGHT`: everything is to be stopped. */
  readonly fatal: AbortSignal;
  /** Aborted when that takes long: what is still held is to be dropped. */
  readonly late: AbortSignal;
}

/** What has come of a work, and what was thrown meanwhile. */
export interface Watched<T> {
  readonly value: T;
  /** `ERR_UNCAUGHT`, for which it was stopped. */
  readonly fatal: RxportError | undefined;
  /** The first error that was logged and nothing else. */
  readonly first: RxportError | undefined;
}

/** Milliseconds from an uncaught exception until stopping is cut short, and until it is given up. */
const CUT_AFTER = 10_000;
const GIVE_UP_AFTER = 20_000;

/** Beyond so many places errors share one count. */
const PLACES = 100;

/** Of rxport, built or not. */
const OWN = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs `work`, and owns stray errors until it has ended. A rejected promise and an error in a subscription are of one chain
 * of values: they are logged, and everything goes on. After an exception from elsewhere nobody knows what is half done:
 * `work` is to stop. Rejects as `work` does, with `ERR_UNCAUGHT` where that was the reason to stop.
 */
export async function withStrays<T>(options: StrayOptions, work: (strays: Strays) => Promise<T>): Promise<Watched<T>> {
  const strays = new StrayErrors(options);
  try {
    const value = await work(strays);
    return { value, fatal: strays.uncaught, first: strays.first };
  } catch (error) {
    throw strays.uncaught ?? error;
  } finally {
    strays.close();
  }
}

class StrayErrors implements Strays {
  first: RxportError | undefined;
  uncaught: RxportError | undefined;
  private readonly ending = new AbortController();
  private readonly cutting = new AbortController();
  private readonly deadlines = new Subscription();
  private readonly told = new Map<string, Note>();
  private readonly log: Logger;
  private readonly process: Pick<NodeJS.Process, 'on' | 'off'>;
  private readonly before = config.onUnhandledError;

  constructor(private readonly options: StrayOptions) {
    this.log = safeLogger(options.log);
    this.process = options.process ?? process;
    this.process.on('unhandledRejection', this.onRejection).on('uncaughtException', this.onException);
    config.onUnhandledError = this.onSubscription;
  }

  get fatal(): AbortSignal {
    return this.ending.signal;
  }

  get late(): AbortSignal {
    return this.cutting.signal;
  }

  close(): void {
    this.deadlines.unsubscribe();
    for (const note of this.told.values()) note.throttle.flush();
    this.process.off('unhandledRejection', this.onRejection).off('uncaughtException', this.onException);
    // A rule file may have set one of its own.
    if (config.onUnhandledError === this.onSubscription) config.onUnhandledError = this.before;
  }

  private readonly onRejection = (cause: unknown): void =>
    this.goOn(unhandledError('a rejected promise', placeOf(cause), cause));

  private readonly onSubscription = (cause: unknown): void =>
    this.goOn(unhandledError('an error in a subscription', placeOf(cause), cause));

  private readonly onException = (cause: unknown): void => {
    const error = uncaughtError(placeOf(cause), cause);
    if (this.uncaught !== undefined) return this.note(error);
    this.uncaught = error;
    this.log.error({ code: error.code }, `${error.message}; everything is stopped`);
    this.log.error({ code: error.code }, `its stack: ${stackOf(cause)}`);
    const { clock, giveUp } = this.options;
    this.deadlines.add(after(clock, CUT_AFTER, () => this.cutting.abort()));
    this.deadlines.add(after(clock, GIVE_UP_AFTER, () => giveUp(error)));
    this.ending.abort(error);
  };

  private goOn(error: RxportError): void {
    this.first ??= error;
    this.note(error);
  }

  /** A subscriber may throw at each of thousands of values: one line a second for each place. */
  private note(error: RxportError): void {
    const place = `${error.code} ${String(error.details['place'])}`;
    const key = this.told.has(place) || this.told.size < PLACES ? place : 'elsewhere';
    let note = this.told.get(key);
    if (note === undefined) {
      note = new Note(this.options.clock, this.log);
      this.told.set(key, note);
    }
    note.newest = error;
    note.throttle.note();
  }
}

/** What is told of the errors of one place: the newest, and how many there were. */
class Note {
  newest: RxportError | undefined;
  readonly throttle: Throttle;

  constructor(clock: Clock, log: Logger) {
    this.throttle = new Throttle(clock, (count) => {
      if (this.newest === undefined) return;
      const { code, message, cause } = this.newest;
      log.error({ code, count }, count === 1 ? message : `${message} (${count} times in a second)`);
      log.debug({ code }, `its stack: ${stackOf(cause)}`);
    });
  }
}

const placeOf = (thrown: unknown): string | undefined => placeIn(stackOf(thrown), OWN);

/** Structural: an error may come from another realm. Never throws: within a handler of exceptions that ends the process. */
function stackOf(thrown: unknown): string {
  try {
    const { stack } = Object(thrown) as { readonly stack?: unknown };
    return typeof stack === 'string' ? stack : 'none';
  } catch {
    return 'none';
  }
}
