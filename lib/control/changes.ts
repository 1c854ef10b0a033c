import { pluginBusy } from '../errors.js';

/** Installations, updates, removals, starts and stops that are under way. */
export class Changes {
  private readonly work = new Set<Promise<unknown>>();
  private readonly busy = new Set<string>();

  /** `closing`: nothing begins any more. */
  constructor(private readonly closing: AbortSignal) {}

  /** One change of a plugin at a time, else `ERR_PLUGIN_BUSY`. */
  async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.closing.throwIfAborted();
    if (this.busy.has(name)) throw pluginBusy(name);
    this.busy.add(name);
    try {
      return await work();
    } finally {
      this.busy.delete(name);
    }
  }

  /** `settled` waits for it. */
  track<T>(work: Promise<T>): Promise<T> {
    this.work.add(work);
    const done = (): boolean => this.work.delete(work);
    work.then(done, done);
    return work;
  }

  /** Aborted by `signal`, and when nothing is to go on. */
  until(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.closing : AbortSignal.any([this.closing, signal]);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.work);
  }
}
