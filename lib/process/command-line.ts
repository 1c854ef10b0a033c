import { dirname } from 'node:path';
import type { InstalledPlugin } from '../install/installed-plugin.js';

/** What to execute: no shell is ever involved. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  /** The folder of the executable. */
  readonly cwd: string;
}

export interface Interpreters {
  /** Default `python3`, found through PATH. */
  readonly pythonBin?: string;
  /** Default: the Node that runs the host. */
  readonly nodeBin?: string;
  /** Default `conda`, found through PATH. */
  readonly condaBin?: string;
}

/** The command line of a plugin; `argv` is the one argument that every SDK gets. */
export function commandLine(plugin: InstalledPlugin, argv: string, interpreters: Interpreters = {}): CommandLine {
  const { executable, manifest } = plugin;
  const { pythonBin = 'python3', nodeBin = process.execPath, condaBin = 'conda' } = interpreters;
  const cwd = dirname(executable);
  switch (manifest.language) {
    case 'go':
    case 'executable':
      return { file: executable, args: [argv], cwd };
    case 'node':
      return { file: nodeBin, args: [executable, argv], cwd };
    case 'python': {
      // -u: else the last lines before a crash stay in a buffer.
      const args = ['-u', executable, argv];
      if (manifest.virtualEnvType !== 'conda') return { file: pythonBin, args, cwd };
      // By its name: a path would be an interpreter outside the environment.
      const python = pythonBin.includes('/') ? 'python' : pythonBin;
      const run = ['run', '-n', manifest.env ?? 'base', '--no-capture-output', python];
      return { file: condaBin, args: [...run, ...args], cwd };
    }
  }
}

/**
 * Lets the kernel kill the process when the host dies, even by kill -9. `setpriv` executes in place: the pid stays.
 * Under a wrapper such as `conda run` it reaches the wrapper only.
 */
export function dieWithHost(line: CommandLine, setpriv: string | undefined): CommandLine {
  if (setpriv === undefined) return line;
  return { ...line, file: setpriv, args: ['--pdeathsig', 'KILL', '--', line.file, ...line.args] };
}
