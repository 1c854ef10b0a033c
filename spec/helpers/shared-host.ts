/** One host and one scripted plugin for all specs of a file: starting them takes longer than most of what is tested. */
import { afterAll, beforeAll } from '@jest/globals';
import { join } from 'node:path';
import { Host, type HostOptions, type Plugin, type Rule, type RuleBody, type RuleOptions } from '../../lib/index.js';
import { silent } from './host.js';
import { scriptedPlugin, type ScriptedPlugin, type ScriptedSymbol } from './scripted-plugin.js';
import { tempFolder, unique } from './unique.js';

export interface SharedHost {
  readonly host: Host;
  readonly plugin: Plugin;
  readonly symbol: (base: ScriptedSymbol) => string;
  /** What `plugin` was installed from. */
  readonly scripted: ScriptedPlugin;
  /** Starts a rule with an id of its own. */
  rule(body: RuleBody, options?: RuleOptions): Rule;
}

/** Call it at the top of a file, and use what it returns inside `it`. */
export function sharedHost(options: Partial<HostOptions> = {}): SharedHost {
  let host: Host | undefined;
  let plugin: Plugin | undefined;
  const scripted = scriptedPlugin();

  beforeAll(async () => {
    host = await Host.start({ dir: join(tempFolder(), 'data'), logger: silent, flushTimeout: 300, ...options });
    plugin = await host.plugins.install(scripted.dir);
  });
  afterAll(() => host?.stop());

  return {
    get host() {
      return present(host);
    },
    get plugin() {
      return present(plugin);
    },
    symbol: scripted.symbol,
    scripted,
    rule: (body, ruleOptions) => present(host).rule(unique('r'), body, ruleOptions),
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('use it inside a spec');
  return value;
}
