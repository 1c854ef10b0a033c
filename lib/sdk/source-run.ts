import { type Clock, settlesWithin } from '../clock.js';
import { reasonOf } from '../errors.js';
import { nativeTransport } from '../sp/native.js';
import type { PushSocket } from '../sp/transport.js';
import { dataPath } from '../wire/address.js';
import type { Control } from '../wire/control.js';
import { COMPLETE_FRAME } from '../wire/source.js';
import { sourceContext } from './context.js';
import { errorFrame, valueFrame } from './encode.js';
import type { Ending, Feed, Outlet } from './feed.js';
import { feedOf } from './feed-of.js';
import type { HostTraits, Instance, Surroundings } from './instance.js';
import type { Source } from './source.js';
import type { PluginLog } from './stderr-log.js';
import { Trouble } from './trouble.js';
import { TupleBatch } from './tuple-batch.js';

/** Values that an Observable may be ahead of its rule. */
const QUEUE = 10_000;
/** The host listens before it sends START: one retry or two are enough. */
const DIAL_TIMEOUT = 200;
/** How long STOP waits for the clean-up of a source, in milliseconds: a generator may sleep. */
const CLEAN_UP = 500;

/** Rejects with what the factory throws, and with `ERR_CHANNEL_DIAL`, `ERR_ADDRESS_TOO_LONG`. */
export async function startSource(source: Source, control: Control, surroundings: Surroundings): Promise<Instance> {
  const { ipcDir, clock } = surroundings;
  let run: SourceRun | undefined;
  const pipe = await nativeTransport.push(
    dataPath(ipcDir, control.meta),
    { clock, timeout: DIAL_TIMEOUT },
    { accepted: () => undefined, drained: () => run?.drained(), closed: () => run?.closed() },
  );
  try {
    run = new SourceRun(source, control, pipe, surroundings);
    return run;
  } catch (error) {
    pipe.destroy();
    throw error;
  }
}

/** One running source: its values as frames on a pipe. */
export class SourceRun implements Instance, Outlet {
  private readonly clock: Clock;
  private readonly host: HostTraits;
  private readonly log: PluginLog;
  private readonly trouble: Trouble;
  private readonly feed: Feed;
  private readonly aborter = new AbortController();
  private readonly batch = new TupleBatch((frame) => this.write(frame));
  private full = false;
  private finished = false;
  /** What an error frame is to say that waits for room: the newest. */
  private owed: string | undefined;
  /** How many values were dropped that no error frame has told of. */
  private untold = 0;
  private stopping: Promise<void> | undefined;
  private leave: () => void = () => undefined;
  private readonly left: Promise<void>;

  /** Opens the source; throws what its factory throws. */
  constructor(
    source: Source,
    control: Control,
    private readonly pipe: Omit<PushSocket, 'address'>,
    { clock, host, log }: Omit<Surroundings, 'ipcDir'>,
  ) {
    const { open, queue = QUEUE } = typeof source === 'function' ? { open: source } : source;
    const context = sourceContext(control, this.aborter.signal, log);
    this.clock = clock;
    this.host = host;
    this.log = context.log;
    this.trouble = new Trouble(clock, queue, (text, dropped) => this.report(text, dropped));
    this.left = new Promise((resolve) => (this.leave = resolve));
    this.feed = feedOf(open(context), this, queue);
  }

  // ---- Instance

  begin(): void {
    if (this.pipe.open) this.feed.start();
    else this.closed();
  }

  stop(): Promise<void> {
    this.stopping ??= this.shut();
    return this.stopping;
  }

  kill(): void {
    this.pipe.destroy();
    this.closed();
  }

  // ---- Outlet

  get room(): boolean {
    return !this.full && this.pipe.open;
  }

  encode(value: unknown): string | undefined {
    try {
      return valueFrame(value, this.host.batch);
    } catch (error) {
      this.trouble.refused(reasonOf(error));
      return undefined;
    }
  }

  send(frame: string): void {
    if (this.host.batch) this.batch.add(frame);
    else this.write(frame);
  }

  private write(frame: string): void {
    if (!this.pipe.open) return;
    try {
      this.full = !this.pipe.send(frame);
    } catch (error) {
      this.trouble.refused(reasonOf(error));
    }
  }

  dropped(): void {
    this.trouble.dropped();
  }

  done(ending: Ending): void {
    this.finished = true;
    this.batch.flush();
    this.trouble.flush();
    this.settle();
    if (ending.type === 'failed') {
      const text = reasonOf(ending.error);
      this.log.error({ error: ending.error }, `the source failed: ${text}`);
      this.write(errorFrame(text, this.host.stock));
    }
    if (ending.type === 'completed') {
      // A stock host takes the end of the pipe for a lost one; so the source stays, and is silent, until STOP.
      if (!this.host.complete) return;
      this.write(COMPLETE_FRAME);
    }
    this.pipe.end();
  }

  // ---- the pipe

  drained(): void {
    this.full = false;
    this.settle();
    this.feed.room();
  }

  /** The host has closed it, or answered our half-close. */
  closed(): void {
    this.leave();
    if (this.finished) return;
    const held = this.feed.held + this.batch.length;
    void this.release();
    if (held > 0) this.log.warn(`the host closed the data channel, ${held} values were not sent`);
  }

  private async shut(): Promise<void> {
    const released = this.release();
    // It may be silent since its completion.
    if (this.finished) this.pipe.end();
    if (!(await settlesWithin(this.clock, CLEAN_UP, released))) {
      this.log.warn(`the source did not end within ${CLEAN_UP} ms of STOP: does it wait without context.signal?`);
    }
    await this.left;
  }

  private async release(): Promise<void> {
    const released = this.feed.stop();
    this.aborter.abort();
    await released;
    this.trouble.flush();
  }

  private report(text: string, dropped: number): void {
    // Once a second for as long as it lasts: the host, which is told as well, warns of it more rarely.
    this.log.info(text);
    this.owed = text;
    this.untold += dropped;
    if (this.room) this.settle();
  }

  private settle(): void {
    const { owed, untold } = this;
    if (owed === undefined) return;
    this.owed = undefined;
    this.untold = 0;
    // After the values that were sent before it.
    this.batch.flush();
    this.write(errorFrame(owed, this.host.stock, untold));
  }
}
