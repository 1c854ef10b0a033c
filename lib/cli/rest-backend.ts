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
import type { Backend, Done, DroppedLines, InstallChoice, UpdateChoice } from './backend.js';
import { serverEvents } from './event-stream.js';
import { nameOf, uriOf } from './plugin-source.js';
import type { Request, RestClient } from './rest-client.js';

/** Unpacking, an install.sh, a handshake: below what an HTTP client waits for at most. */
const LONG = 290_000;
const PLUGINS = '/plugins/portables';

/** A running service, asked over REST. */
export class RestBackend implements Backend {
  constructor(
    readonly where: string,
    private readonly client: RestClient,
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

  async install(source: string, { name, shellParas }: InstallChoice): Promise<Done> {
    const body = { name: name ?? (await nameOf(source)), file: uriOf(source), ...(shellParas && { shellParas }) };
    return this.ask(body.name, PLUGINS, { method: 'POST', body, timeout: LONG });
  }

  update(name: string, source: string, { shellParas, strategy, force }: UpdateChoice): Promise<Done> {
    const body = { name, file: uriOf(source), ...(shellParas && { shellParas }) };
    const query = queryOf({ strategy, ...(force === true && { force: 'true' }) });
    return this.known(name, () => this.ask(name, pathOf(name) + query, { method: 'PUT', body, timeout: LONG }));
  }

  remove(name: string, force: boolean): Promise<Done> {
    const path = pathOf(name) + queryOf({ ...(force && { force: 'true' }) });
    return this.known(name, () => this.ask(name, path, { method: 'DELETE', timeout: LONG }));
  }

  turn(name: string, verb: 'start' | 'stop'): Promise<Done> {
    return this.known(name, () => this.ask(name, `${pathOf(name)}/${verb}`, { method: 'POST', timeout: LONG }));
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
    return this.knownRule(id, () => this.ask(id, `${rulePath(id)}/${verb}`, { method: 'POST', timeout: LONG }));
  }

  async close(): Promise<void> {}

  private async ask(name: string, path: string, request: Request): Promise<Done> {
    return { name, text: (await this.client.text(path, request)).trim() };
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

/** The better error, where there is one; the first one when it can not be had. */
async function suggesting<T>(ask: () => Promise<T>, code: string, better: () => Promise<RxportError>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RxportError) || error.code !== code) throw error;
    throw await better().catch(() => error);
  }
}

const pathOf = (name: string): string => `${PLUGINS}/${encodeURIComponent(name)}`;
const rulePath = (id: string): string => `/rules/${encodeURIComponent(id)}`;

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
