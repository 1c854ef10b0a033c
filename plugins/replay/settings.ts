import { accessSync, constants } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { ColumnType } from './columns.js';

export interface Settings {
  readonly file: string;
  readonly format: 'csv' | 'ndjson' | 'json';
  readonly delimiter: string;
  /** Types of columns of a CSV file; the others are found out value by value. */
  readonly types: Readonly<Record<string, ColumnType>>;
  /** Where the list is in a JSON file; undefined when the file is the list. */
  readonly list: string | undefined;
  /** Where the event time is in a row. */
  readonly time: string | undefined;
  /** Multiple of event time; 0 for no such pace. */
  readonly speed: number;
  /** Rows a second; 0 for no such pace. */
  readonly rate: number;
  readonly repeat: number;
  readonly limit: number;
}

type Config = Readonly<Record<string, unknown>>;

const FORMATS: Readonly<Record<string, Settings['format']>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
};

/** Throws an error that names the property. */
export function settingsOf(dataSource: string | undefined, config: Config): Settings {
  if (dataSource === undefined || dataSource === '') throw refused('dataSource', dataSource, 'the path of a file');
  const file = readable(resolve(dataSource));
  const time = text(config, 'time');
  const speed = number(config, 'speed', 0);
  const rate = number(config, 'rate', 0);
  if (speed > 0 && rate > 0) throw new Error('replay: speed and rate are both set: give one of them');
  if (speed > 0 && time === undefined)
    throw new Error('replay: speed is set without time: name the column that holds the event time');
  return {
    file,
    format: format(config, file),
    delimiter: text(config, 'separator') ?? (extname(file) === '.tsv' ? '\t' : ','),
    types: types(config),
    list: text(config, 'list'),
    time,
    speed,
    rate,
    repeat: config.repeat === true ? Infinity : number(config, 'repeat', 1),
    limit: number(config, 'limit', 0) || Infinity,
  };
}

function readable(file: string): string {
  try {
    accessSync(file, constants.R_OK);
    return file;
  } catch (cause) {
    throw new Error(`replay: ${file} can not be read: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}

/** Not `format`: eKuiper sets that to the format of its stream, and `delimiter` as well. */
function format(config: Config, file: string): Settings['format'] {
  const name = text(config, 'fileFormat');
  const found = FORMATS[name === undefined ? extname(file).toLowerCase() : `.${name}`];
  if (found === undefined) throw refused('fileFormat', name, `one of csv, ndjson, json, since ${file} does not tell`);
  return found;
}

function types({ types = {} }: Config): Settings['types'] {
  const isType = (type: unknown): boolean => type === 'number' || type === 'boolean' || type === 'string';
  if (typeof types !== 'object' || types === null || !Object.values(types).every(isType))
    throw refused('types', types, 'number, boolean or string for a column, as {"zip":"string"}');
  return types as Settings['types'];
}

function text(config: Config, name: string): string | undefined {
  const value = config[name] ?? '';
  if (typeof value !== 'string') throw refused(name, value, 'text');
  return value === '' ? undefined : value;
}

function number(config: Config, name: string, absent: number): number {
  const value = config[name] ?? absent;
  if (typeof value !== 'number' || !(value >= 0 && value < Infinity)) throw refused(name, value, 'a number from 0 up');
  return value;
}

const refused = (name: string, value: unknown, wanted: string): Error =>
  new Error(`replay: ${name} is ${JSON.stringify(value)}: give ${wanted}`);
