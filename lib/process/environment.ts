import { join } from 'node:path';

/** What every plugin needs to run at all. */
const ALWAYS = ['PATH', 'HOME', 'LANG', 'TMPDIR'];
/** How a test run finds the processes that it left behind. */
const MARKERS = ['RXPORT_TEST_RUN'];

/** The environment of a plugin: an allow-list, never the host's own. `set` adds or replaces. */
export function pluginEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  allowed: readonly string[] = [],
  set: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const names = [...ALWAYS, ...MARKERS, ...allowed];
  const passed = names.flatMap((name) => {
    const value = host[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), PYTHONUNBUFFERED: '1', ...set };
}

/** Python writes no bytecode beside its files. */
export const NO_CACHES = { PYTHONDONTWRITEBYTECODE: '1' };

/** What activating a Python environment sets; nothing without one. */
export function environmentVariables(
  dir: string | undefined,
  { PATH = '' }: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  if (dir === undefined) return {};
  return { VIRTUAL_ENV: dir, PATH: [join(dir, 'bin'), ...(PATH === '' ? [] : [PATH])].join(':') };
}
