/** TypeScript plugins as processes, built as `scripts/setup` builds those of `plugins/`. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { root } from './toolchains.js';
import { tempFolder } from './unique.js';

/** The path of one runnable file. */
export function bundle(entry: string): string {
  const outfile = join(tempFolder(), 'main.mjs');
  const script = `
    const { bundlePlugin } = await import(process.argv[1]);
    await bundlePlugin(process.argv[2], process.argv[3]);`;
  const args = ['--input-type=module', '-e', script, `${root}scripts/setup/bundle.mjs`, root + entry, outfile];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return outfile;
}

export interface PluginChild {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  /** The exit code, or the signal. */
  readonly exited: Promise<number | string | null>;
}

export function runPlugin(file: string, argument: string, env: Readonly<Record<string, string>>): PluginChild {
  const child = spawn(process.execPath, [file, argument], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    child,
    stderr: () => stderr,
    exited: new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code))),
  };
}
