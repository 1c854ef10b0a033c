import { systemClock } from '../../clock.js';
import { reasonOf, RxportError } from '../../errors.js';
import { bootId } from '../../process/proc.js';
import { ownEnvironment, runTool } from '../../process/run-tool.js';
import { findSetpriv } from '../../process/setpriv.js';
import type { Finding } from './finding.js';

/** Milliseconds for one answer. */
const DEADLINE = 10_000;

type Told = Omit<Finding, 'area' | 'what'>;

/** What plugins of each language need, and what the host uses of the system. */
export async function toolchainFindings(python: string): Promise<readonly Finding[]> {
  const told: readonly (readonly [what: string, told: Promise<Told>])[] = [
    ['python', pythonTold(python)],
    ['ekuiper SDK', sdkTold(python)],
    ['go', optional('go', ['version'], 'to build Go plugins; those that are built run without it')],
    ['conda', optional('conda', ['--version'], 'for plugins with virtualEnvType "conda"')],
    ['uv', optional('uv', ['--version'], 'for plugins with virtualEnvType "uv"')],
    ['setpriv', Promise.resolve(setprivTold())],
    ['/proc', Promise.resolve(procTold())],
  ];
  return Promise.all(told.map(async ([what, one]): Promise<Finding> => ({ area: 'toolchains', what, ...(await one) })));
}

async function pythonTold(python: string): Promise<Told> {
  const asked = await ask(python, ['--version']);
  if (asked.code === 0) return { level: 'ok', found: `${asked.output} (${python})` };
  return {
    level: 'note',
    found: missing(python, asked),
    advice: 'for Python plugins: install it, or name one with --python',
  };
}

const VERSION =
  'import ekuiper; from importlib.metadata import version as v; print(v("ekuiper"), "on pynng", v("pynng"))';

async function sdkTold(python: string): Promise<Told> {
  const asked = await ask(python, ['-c', VERSION]);
  if (asked.code === 0) return { level: 'ok', found: asked.output };
  const found = asked.code === undefined ? 'no Python' : (asked.output.split('\n').at(-1) ?? 'can not be imported');
  return {
    level: 'note',
    found,
    advice: `for Python plugins: ${python} -m pip install ekuiper, in an environment of its own`,
  };
}

async function optional(file: string, args: readonly string[], purpose: string): Promise<Told> {
  const asked = await ask(file, args);
  const [first = ''] = asked.output.split('\n');
  return asked.code === 0
    ? { level: 'ok', found: first }
    : { level: 'note', found: missing(file, asked), advice: purpose };
}

interface Answer {
  /** Null when it was killed; undefined when it could not be executed at all. */
  readonly code: number | null | undefined;
  readonly output: string;
}

async function ask(file: string, args: readonly string[]): Promise<Answer> {
  const options = { env: ownEnvironment(), clock: systemClock, deadline: DEADLINE };
  try {
    const { code, output } = await runTool({ file, args, cwd: process.cwd() }, options);
    return { code, output: output.join('\n').trim() };
  } catch (error) {
    const late = error instanceof RxportError && error.code === 'ERR_TOOL_TIMEOUT';
    return { code: late ? null : undefined, output: reasonOf(error) };
  }
}

const missing = (file: string, { code, output }: Answer): string =>
  code === undefined
    ? `${file} can not be executed`
    : `${file} ended with ${code ?? 'a signal'}: ${output.split('\n').at(-1)}`;

function setprivTold(): Told {
  const path = findSetpriv();
  if (path !== undefined) return { level: 'ok', found: path };
  return {
    level: process.platform === 'linux' ? 'warn' : 'note',
    found: 'none that knows --pdeathsig',
    advice: 'with it plugins end with a host that is killed: install setpriv of util-linux',
  };
}

const procTold = (): Told =>
  bootId() === undefined
    ? { level: 'note', found: 'can not be read', advice: 'without it what a killed host has left is not found' }
    : { level: 'ok', found: 'can be read' };
