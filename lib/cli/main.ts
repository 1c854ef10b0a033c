#!/usr/bin/env node
/** The command `rxport`. */
import { runCommandLine } from './command-line.js';
import { processShell } from './shell.js';

// Not process.exit: what has been written to a pipe has to get there.
process.exitCode = await runCommandLine(process.argv.slice(2), processShell());
