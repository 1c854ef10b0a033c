import { type Clock, settlesWithin } from '../clock.js';
import { reasonOf } from '../errors.js';
import { controlPath, STOCK_IPC_DIR } from '../wire/address.js';
import { decodeArgv } from '../wire/argv.js';
import { BATCH, CAPABILITIES, type Capability, COMPLETE, encodeHandshake } from '../wire/handshake.js';
import { AnswerLoop } from './answer-loop.js';
import { Commands, problem } from './commands.js';
import type { PluginSymbols } from './definition.js';
import { Instances } from './instances.js';
import { type PluginLog, stderrLog } from './stderr-log.js';
import { SDK } from './version.js';

/** Milliseconds from SIGTERM to SIGKILL, where the host says nothing. */
const KILL_TIMEOUT = 2_000;
/** How much of that is left for the end itself, in milliseconds, or as a part of it where that is less. */
const RESERVE = { most: 500, part: 0.25 };
/** Milliseconds to work off what was taken: a host that has gone waits for nothing. */
const ORPHAN_GRACE = 1_000;
/** A host listens before it starts a plugin; without one, somebody may be starting both by hand. */
const BY_HAND = 5_000;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** What a plugin takes from its process. */
export interface ProcessFacts {
  /** What the host says: the last argument of the command line. */
  readonly argument: string | undefined;
  /** Folder of the sockets, in place of what the host says. */
  readonly ipcDir: string | undefined;
  readonly clock: Clock;
  readonly write: (line: string) => void;
  readonly exit: (code: number) => void;
}

/** The life of a plugin, from the first frame to the end of its process. */
export class PluginProcess {
  /** Resolves when everything is stopped, a turn of the event loop before the process ends. */
  readonly closed: Promise<void>;
  private readonly log: PluginLog;
  private readonly address: string;
  private readonly instances: Instances;
  private readonly underRxport: boolean;
  private readonly capabilities: readonly Capability[];
  /** Milliseconds to work off what was taken, before the host kills. */
  private readonly grace: number;
  private control: AnswerLoop | undefined;
  private ending: Promise<void> | undefined;
  private settle: () => void = () => undefined;
  private readonly onSignal = (): void => void this.end(this.grace, 0);
  /** Nothing can be waited for any longer, but addresses can be freed. */
  private readonly onExit = (): void => this.instances.kill();

  constructor(
    private readonly name: string,
    symbols: PluginSymbols,
    private readonly facts: ProcessFacts,
  ) {
    const extension = decodeArgv(facts.argument);
    const ipcDir = facts.ipcDir ?? extension?.ipcDir ?? STOCK_IPC_DIR;
    const can = (capability: Capability): boolean => extension?.caps.includes(capability) === true;
    const host = { stock: extension === undefined, complete: can(COMPLETE), batch: can(BATCH) };
    const { killTimeout = KILL_TIMEOUT } = extension ?? {};
    this.grace = killTimeout - Math.min(RESERVE.most, killTimeout * RESERVE.part);
    this.log = stderrLog(facts.write);
    this.underRxport = !host.stock;
    // A host sends what we name: nothing of which it has not told us, so that we would not read it.
    this.capabilities = CAPABILITIES.filter(can);
    this.address = controlPath(ipcDir, name);
    this.instances = new Instances(symbols, { ipcDir, host, clock: facts.clock, log: this.log });
    this.closed = new Promise((resolve) => (this.settle = resolve));
  }

  /** Never rejects. */
  async run(): Promise<void> {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
    process.once('exit', this.onExit);
    const commands = new Commands(this.address, this.instances, this.log);
    try {
      const control = await AnswerLoop.open(this.address, {
        clock: this.facts.clock,
        timeout: this.underRxport ? 0 : BY_HAND,
        first: encodeHandshake(SDK, this.capabilities),
        answer: (body) => commands.answer(body.toString()),
        failure: problem,
        closed: () => this.orphaned(),
      });
      this.control = control;
      if (this.ending !== undefined) control.kill();
    } catch (error) {
      if (this.ending !== undefined) return;
      this.log.error(`plugin ${this.name} finds no host: ${reasonOf(error)}; a host starts its plugins itself`);
      await this.end(0, 2);
    }
  }

  /** Stops everything; `code` ends the process as well. */
  end(grace: number, code?: number): Promise<void> {
    this.ending ??= this.shut(grace, code);
    return this.ending;
  }

  close(): Promise<void> {
    return this.end(this.grace);
  }

  private orphaned(): void {
    if (this.ending !== undefined) return;
    this.log.error(`the host of plugin ${this.name} has gone`);
    void this.end(ORPHAN_GRACE, 1);
  }

  private async shut(grace: number, code: number | undefined): Promise<void> {
    await this.instances.stopAll(grace);
    if (this.control !== undefined) await settlesWithin(this.facts.clock, grace, this.control.stop());
    this.control?.kill();
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
    process.off('exit', this.onExit);
    this.settle();
    if (code === undefined) return;
    // Who waits for `closed` is told before the end, not by it.
    await new Promise((resolve) => setImmediate(resolve));
    this.facts.exit(code);
  }
}
