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
  const loaded = await Promise.all(
    // By its own name a package finds its exports, which are the running ones.
    MODULES.map(async (name) => [name, (await import(name)) as unknown] as const),
  );
  return Object.fromEntries(loaded);
}
