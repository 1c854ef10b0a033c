import * as t from 'io-ts';
import { decodeText } from './decode.js';

/** Which running copy of a symbol: the three parts of a data address. */
export const Meta = t.type({ ruleId: t.string, opId: t.string, instanceId: t.number });
export type Meta = t.TypeOf<typeof Meta>;

/** The kinds as the wire spells them. */
export const PluginType = t.union([t.literal('source'), t.literal('sink'), t.literal('func')]);
export type PluginType = t.TypeOf<typeof PluginType>;

/** What START and STOP are about. */
export const Control = t.intersection([
  t.type({ symbolName: t.string, meta: Meta, pluginType: PluginType }),
  t.partial({ dataSource: t.string, datasource: t.string, config: t.UnknownRecord }),
]);
export type Control = t.TypeOf<typeof Control>;

/** Host → plugin: `{"cmd":"start","arg":"{\"symbolName\":\"random\",…}"}`. `arg` is JSON inside a string. */
export const Command = t.type({ cmd: t.string, arg: t.string });
export type Command = t.TypeOf<typeof Command>;

export type Verb = 'start' | 'stop';

/** The one answer that means success; every other text is an error, whatever it begins with. */
export const OK = 'ok';

/** Functions are global to a plugin: they start with an empty meta. */
export const FUNCTION_META: Meta = { ruleId: '', opId: '', instanceId: 0 };

export const encodeCommand = (verb: Verb, control: Control): string =>
  JSON.stringify({ cmd: verb, arg: JSON.stringify(control) });

/** Throws `ERR_MESSAGE_INVALID`. */
export function decodeCommand(text: string, address: string): { readonly verb: string; readonly control: Control } {
  const command = decodeText(Command, text, address);
  return { verb: command.cmd, control: decodeText(Control, command.arg, address) };
}

/**
 * The START of a source. The data source goes out under three names: Go takes `dataSource`, the Python SDK reads
 * `datasource`, and current eKuiper hosts put it into the configuration. `config` is never null, which Python would
 * receive as `None`.
 */
export function sourceControl(
  symbolName: string,
  meta: Meta,
  dataSource: string | undefined,
  config: Readonly<Record<string, unknown>>,
): Control {
  if (dataSource === undefined) return { symbolName, meta, pluginType: 'source', config };
  return {
    symbolName,
    meta,
    pluginType: 'source',
    dataSource,
    datasource: dataSource,
    config: { ...config, datasource: dataSource },
  };
}

export const sinkControl = (symbolName: string, meta: Meta, config: Readonly<Record<string, unknown>>): Control => ({
  symbolName,
  meta,
  pluginType: 'sink',
  config,
});

export const functionControl = (symbolName: string): Control => ({
  symbolName,
  meta: FUNCTION_META,
  pluginType: 'func',
});

/** One running copy of a symbol, as a key: kind, symbol and meta. */
export const controlKey = ({ pluginType, symbolName, meta }: Control): string =>
  `${pluginType}/${symbolName}/${meta.ruleId}/${meta.opId}/${meta.instanceId}`;
