/** One line per step: what it does, and how long it took. All of it on stderr, stdout belongs to what runs next. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The working copy, with a slash at the end. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Its message is all the user needs. */
export class StepFailed extends Error {}

/** Announces `title`, does `work`, then says how long that took. */
export async function step(title, work) {
  const start = performance.now();
  process.stderr.write(`setup: ${title} … `);
  try {
    const result = await work();
    process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (thrown) {
    process.stderr.write('failed\n');
    throw thrown;
  }
}

/** Runs a program quietly; when it fails, what it printed is in the error. */
export function run(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (cause) => reject(new StepFailed(`${command} did not start: ${cause.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output);
      reject(new StepFailed(`${[command, ...args].join(' ')} ended with ${signal ?? code}\n${output.trimEnd()}`));
    });
  });
}

/** The full path of a program on PATH, or undefined. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
