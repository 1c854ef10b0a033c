#!/usr/bin/env node
/** The command `rxport`. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { runCommandLine } from './command-line.js';
import { processShell } from './shell.js';

// At its end Node puts terminals back as they were, and crashes over one that was closed meanwhile.
const terminals = [0, 1, 2].filter((fd) => isatty(fd));
process.on('exit', () => terminals.filter((fd) => !isatty(fd)).forEach((fd) => closeSync(fd)));

process.exitCode = await runCommandLine(process.argv.slice(2), processShell());
// What has been written to a pipe has to get there; what a rule file has left behind, a timer say, is not waited for.
await Promise.all([process.stdout, process.stderr].map(written));
process.exit();

/** A reader that has gone is told as an error, and read by nobody. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
