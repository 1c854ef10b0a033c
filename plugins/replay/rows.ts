import { csvRows } from './csv-rows.js';
import { jsonRows } from './json-rows.js';
import { ndjsonRows } from './ndjson-rows.js';
import type { Row } from './row.js';
import type { Settings } from './settings.js';

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
