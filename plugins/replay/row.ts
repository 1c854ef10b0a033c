/** A row of a file, and where it stands: `/data/weather.csv line 17`. */
export interface Row {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: string;
}

/** A tuple is a map: what else stands in a list can not be one. */
export function rowOf(value: unknown, place: string): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`replay: ${place}: ${JSON.stringify(value).slice(0, 80)} is no object`);
  return { value: value as Row['value'], place };
}
