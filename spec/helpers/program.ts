/** Runs a TypeScript program of `spec/fixtures/programs` in a process of its own, where an uncaught error would be seen. */
import { afterAll } from '@jest/globals';
import { build, stop } from 'esbuild';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { root } from './toolchains.js';
import { unique } from './unique.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: readonly string[];
  readonly stderr: string;
}

export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The next line of its output, as JSON. */
  line(): Promise<unknown>;
}

const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const bundles: string[] = [];
afterAll(async () => {
  await stop();
  for (const file of bundles) rmSync(file, { force: true });
});

export async function startProgram(name: string, ...args: readonly string[]): Promise<Program> {
  return startBundle(await bundleProgram(name), ...args);
}

/** The file of a program, to be started many times: with `whole`, its packages inside, it starts in half the time. */
export async function bundleProgram(name: string, { whole = false } = {}): Promise<string> {
  // Inside the working copy, so that it finds the packages.
  const outfile = `${root}.cache/${unique(name)}.mjs`;
  bundles.push(outfile);
  await build({
    entryPoints: [`${root}spec/fixtures/programs/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: whole ? 'bundle' : 'external',
    // CommonJS packages in the bundle require Node's modules.
    ...(whole && { banner: { js: REQUIRE } }),
    logLevel: 'error',
  });
  return outfile;
}

export function startBundle(file: string, ...args: readonly string[]): Program {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout });
  const stdout: string[] = [];
  let stderr = '';
  lines.on('line', (line) => stdout.push(line));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stdout,
    stderr,
  }));
  let read = 0;
  return {
    child,
    ended,
    async line() {
      while (stdout.length <= read) await Promise.race([once(lines, 'line'), ended.then(failEarly(file))]);
      return JSON.parse(stdout[read++] ?? '') as unknown;
    },
  };
}

const failEarly =
  (name: string) =>
  ({ code, signal, stderr }: Ended): never => {
    throw new Error(`${name} ended with ${signal ?? code}: ${stderr}`);
  };
