import { basename } from 'node:path';
import { after, type Clock } from '../clock.js';
import type { RunCommand } from '../install/command.js';
import type { Logger } from '../log.js';

/** Milliseconds after which somebody wonders. */
const QUIET = 1_000;

/** As `run`, and what takes longer than a moment is told of: pip says nothing for minutes. */
export const toldCommand =
  (run: RunCommand, clock: Clock, log: Logger): RunCommand =>
  async (command, limits) => {
    const { name, file, args } = command;
    const text = `plugin ${name} has to wait for: ${[basename(file), ...args].join(' ')}`;
    const timer = after(clock, QUIET, () => log.info({ plugin: name }, text));
    try {
      return await run(command, limits);
    } finally {
      timer.unsubscribe();
    }
  };
