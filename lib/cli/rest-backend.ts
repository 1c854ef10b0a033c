import { systemClock } from '../clock.js';
import { RxportError, unknownName } from '../errors.js';
import { nearest } from '../registry/nearest.js';
import {
  Count,
  LedgerAnswer,
  LogLine,
  LogLines,
  PluginEntries,
  PluginEntry,
  PluginStatus,
  RuleEntries,
  type RuleEntry,
  RuleState,
} from './answers.js';
import { checkName } from '../wire/names.js';
import type { Backend, Done, DroppedLines, InstallChoice, UpdateChoice } from './backend.js';
import { farHost, withHints, withPackageDoor } from './doors.js';
import { serverEvents } from './event-stream.js';
import { PATIENCE, type Patience, untilInstalled } from './late-installation.js';
import { nameOf, uriOf } from './plugin-source.js';
import type { Request, RestClient } from './rest-client.js';

const PLUGINS = '/plugins/portables';

/** A running service, asked over REST. */
export class RestBackend implements Backend {
  readonly isService = true;

  constructor(
    readonly where: string,
    private readonly client: RestClient,
    private readonly patience: Patience = PATIENCE,
  ) {}

  plugins(): Promise<readonly PluginEntry[]> {
    return this.client.json(PLUGINS, PluginEntries);
  }

  plugin(name: string): Promise<PluginEntry> {
    return this.known(name, () => this.client.json(pathOf(name), PluginEntry));
  }

  status(name: string): Promise<PluginStatus> {
    return this.known(name, () => this.client.json(`${pathOf(name)}/status`, PluginStatus));
  }

  async install(source: string, { name: given, shellParas }: InstallChoice): Promise<Done> {
    const name = given ?? (await this.nameOf(source));
    const body = { name, file: uriOf(source), ...(shellParas && { shellParas }) };
    const look = `${lookAt('plugin', name)}, or rxport plugin remove ${name} to give it up`;
    try {
      return await this.ask(name, PLUGINS, { method: 'POST', body, look });
    } catch (error) {
      if (!isLate(error)) throw withPackageDoor(error, source, this.where);
      await this.untilInstalled(name, error, look);
      return { name, text: `portable plugin ${name} is created` };
    }
  }

  async update(name: string, source: string, { shellParas, strategy, force }: UpdateChoice): Promise<Done> {
    const body = { name, file: uriOf(source), ...(shellParas && { shellParas }) };
    const query = queryOf({ strategy, ...(force === true && { force: 'true' }) });
    const look = lookAt('plugin', name);
    try {
      return await this.known(name, () => this.ask(name, pathOf(name) + query, { method: 'PUT', body, look }));
    } catch (error) {
      throw withPackageDoor(error, source, this.where);
    }
  }

  remove(name: string, force: boolean): Promise<Done> {
    const path = pathOf(name) + queryOf({ ...(force && { force: 'true' }) });
    const look = lookAt('plugin', name);
    return this.known(name, () => this.ask(name, path, { method: 'DELETE', look }));
  }

  turn(name: string, verb: 'start' | 'stop'): Promise<Done> {
    const look = lookAt('plugin', name);
    return this.known(name, () => this.ask(name, `${pathOf(name)}/${verb}`, { method: 'POST', look }));
  }

  logs(name: string, lines: number): Promise<readonly LogLine[]> {
    return this.known(name, () => this.client.json(`${pathOf(name)}/logs?lines=${lines}`, LogLines));
  }

  async *follow(name: string, lines: number): AsyncGenerator<LogLine | DroppedLines> {
    const path = `${pathOf(name)}/logs?follow=true&lines=${lines}`;
    const stream = await this.known(name, () => this.client.stream(path));
    try {
      for await (const { event, data } of serverEvents(stream)) {
        const told: unknown = parsed(data);
        if (event === 'dropped' && Count.is(told)) yield { dropped: told.count };
        else if (event === 'message' && LogLine.is(told)) yield told;
      }
    } catch (cause) {
      throw this.client.failed(cause);
    }
  }

  rules(): Promise<readonly RuleEntry[]> {
    return this.client.json('/rules', RuleEntries);
  }

  ruleState(id: string): Promise<RuleState> {
    return this.knownRule(id, () => this.client.json(`${rulePath(id)}/status`, RuleState));
  }

  ledger(id: string): Promise<LedgerAnswer> {
    return this.knownRule(id, () => this.client.json(`${rulePath(id)}/ledger`, LedgerAnswer));
  }

  turnRule(id: string, verb: 'start' | 'stop' | 'restart'): Promise<Done> {
    const look = lookAt('rule', id);
    return this.knownRule(id, () => this.ask(id, `${rulePath(id)}/${verb}`, { method: 'POST', look }));
  }

  async close(): Promise<void> {}

  private async ask(name: string, path: string, request: Request): Promise<Done> {
    const text = await this.client.text(path, { timeout: this.patience.request, ...request });
    return { name, text: text.trim() };
  }

  /** Where the service is elsewhere, a path is one of there: it need not be here. */
  private async nameOf(source: string): Promise<string> {
    try {
      return await nameOf(source);
    } catch (error) {
      const far = farHost(this.where);
      if (!isCoded(error, 'ERR_INSTALL_NOT_FOUND') || far === undefined) throw error;
      throw withHints(error, [`a path of ${far} needs --name as well`]);
    }
  }

  private untilInstalled(name: string, late: RxportError, look: string): Promise<void> {
    const status = (): Promise<PluginStatus | undefined> =>
      this.client.json(`${pathOf(name)}/status`, PluginStatus, { look }).catch((error: unknown) => {
        if (isCoded(error, 'ERR_PLUGIN_UNKNOWN')) return undefined;
        throw error;
      });
    const installation = { name, url: this.where, late, look, status };
    const { signal } = this.client;
    return untilInstalled(installation, { clock: systemClock, patience: this.patience, signal });
  }

  private known<T>(name: string, ask: () => Promise<T>): Promise<T> {
    return suggesting(ask, 'ERR_PLUGIN_UNKNOWN', async () => {
      const names = (await this.plugins()).map((plugin) => plugin.name);
      return unknownName('plugin', name, nearest(name, names), names);
    });
  }

  private knownRule<T>(id: string, ask: () => Promise<T>): Promise<T> {
    return suggesting(ask, 'ERR_RULE_UNKNOWN', async () => {
      const ids = (await this.rules()).map((rule) => rule.id);
      return unknownName('rule', id, nearest(id, ids), ids);
    });
  }
}

const isCoded = (thrown: unknown, code: RxportError['code']): thrown is RxportError =>
  thrown instanceof RxportError && thrown.code === code;

const isLate = (thrown: unknown): thrown is RxportError => isCoded(thrown, 'ERR_CLI_TIMEOUT');

const lookAt = (what: 'plugin' | 'rule', name: string): string => `rxport ${what} status ${name}`;

/** The better error, where there is one; the first one when it can not be had. */
async function suggesting<T>(
  ask: () => Promise<T>,
  code: RxportError['code'],
  better: () => Promise<RxportError>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isCoded(error, code)) throw error;
    throw await better().catch(() => error);
  }
}

const pathOf = (name: string): string => `${PLUGINS}/${segment('plugin', name)}`;
const rulePath = (id: string): string => `/rules/${segment('rule', id)}`;

/** In a URL dots alone, encoded or not, name another path. */
const segment = (what: 'plugin' | 'rule', name: string): string =>
  encodeURIComponent(/^\.{1,2}$/.test(name) ? checkName(what, name) : name);

const queryOf = (values: Readonly<Record<string, string | undefined>>): string => {
  const present = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return present.length === 0 ? '' : `?${new URLSearchParams(present).toString()}`;
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
