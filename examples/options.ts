import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  readonly help: boolean;
  /** How long the rules run, in milliseconds. */
  readonly runFor: number;
  readonly python: boolean;
  /** The data folder. */
  readonly data: string;
}

export const HELP = `Watches this machine and four years of weather in Seattle, by the rules in examples/watch.ts.

  npm start -- [options]

  --for <time>    how long, as 500ms, 10s or 2m (default 10s)
  --python        score with the Python plugin stats; npm run example:python sets Python up first
  --data <dir>    the folder that takes plugins and alerts (default ./rxport-data, with --python ./rxport-data/python)
  --help          this text

Ctrl-C ends it early. It exits with 0 when nothing was lost and every count is accounted for.
`;

/** Throws a `TypeError` that says what is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      for: { type: 'string', default: '10s' },
      python: { type: 'boolean', default: false },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { help, python, data = python ? PYTHON_DATA : DATA } = values;
  return { help, python, runFor: milliseconds(values.for), data: resolve(data) };
}

const DATA = 'rxport-data';
/** Apart: a host starts every plugin of its folder, and others need not have the interpreter that this one needs. */
const PYTHON_DATA = 'rxport-data/python';

const UNITS = { ms: 1, s: 1_000, m: 60_000 };

function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  if (amount === undefined) throw new TypeError(`--for ${text} is no time: give 500ms, 10s or 2m`);
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}
