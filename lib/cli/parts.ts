/**
 * The one place where the command line joins what it starts: types as narrow as it needs them, modules loaded when a command
 * calls for them.
 */
import type { RxportError } from '../errors.js';
import type { Host, HostOptions } from '../host.js';
import type { Ledger } from '../rule/ledger.js';
import type { RuleStatus } from '../rule/status.js';

/** A rule as it is now. */
export interface RuleSight {
  readonly id: string;
  readonly status: RuleStatus;
  /** Why it has failed, or why its file does not load. */
  readonly error?: RxportError | undefined;
  ledger(): Ledger;
}

export interface ServicePart {
  readonly host: Host;
  /** Those that have ended too. */
  readonly rules: { list(): readonly RuleSight[] };
  /** With flush, which `signal` cuts short. */
  stop(options: { readonly signal: AbortSignal }): Promise<void>;
}

export interface ServicePartOptions extends HostOptions {
  readonly rules?: readonly string[];
  readonly watch?: boolean;
}

export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

export interface ServerPartOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly names?: readonly string[];
  readonly folders?: readonly string[];
  readonly downloads?: { readonly hosts: readonly string[] };
}

interface ServiceModule {
  readonly Service: { readonly start: (options: ServicePartOptions) => Promise<ServicePart> };
}
interface ServerModule {
  readonly startServer: (service: ServicePart, options: ServerPartOptions) => Promise<Listening>;
}
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;

export const loadService = (): Promise<ServiceModule> => load('../service/service.js');
export const loadServer = (): Promise<ServerModule> => load('../server/server.js');
