/** The modules that a rule file gets from the copy of rxport that runs it, wherever the file lies. */
const MODULES = [
  'rxport',
  'rxport/operators',
  'rxport/sdk',
  'rxport/sdk/testing',
  'rxjs',
  'rxjs/operators',
  'rxjs/ajax',
  'rxjs/fetch',
  'rxjs/testing',
  'rxjs/webSocket',
];

/**
 * By name, as this process has them: a rule file in an empty folder finds them, and `instanceof` holds between it and the
 * host. Rejects when rxjs, a peer dependency, is not there.
 */
export async function runningCopy(): Promise<Readonly<Record<string, unknown>>> {
  const loaded: Record<string, unknown> = {};
  // By its own name a package finds its exports, which are the running ones.
  for (const name of MODULES) loaded[name] = (await import(name)) as unknown;
  return loaded;
}
