import { csvRows } from './csv-rows.js';
import { jsonRows } from './json-rows.js';
import { ndjsonRows } from './ndjson-rows.js';
import type { Settings } from './settings.js';

/** A row of a file, and where it stands: `/data/weather.csv line 17`. */
export interface Row {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: string;
}

/** The rows of the file, from its start; closes it when it is left. */
export function rowsOf(settings: Settings): AsyncIterable<Row> {
  const { file, format } = settings;
  switch (format) {
    case 'csv':
      return csvRows(file, settings);
    case 'ndjson':
      return ndjsonRows(file);
    case 'json':
      return jsonRows(file, settings.list);
  }
}

/** A tuple is a map: what else stands in a list can not be one. */
export function rowOf(value: unknown, place: string): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`replay: ${place}: ${JSON.stringify(value).slice(0, 80)} is no object`);
  return { value: value as Row['value'], place };
}
